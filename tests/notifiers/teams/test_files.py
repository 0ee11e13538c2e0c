"""A list as a file: offered in a person's own chat, and saved where they say."""

import pytest

from playground.teams.faults import Fault
from playground.teams.files import OFFER, SAVED
from tests.builders import ID
from tests.notifiers.teams.conftest import HANNAH, HOUSING, MAYA


@pytest.fixture
def offered(card, hannah, eventually):
    """The offer of housing's findings as CSV, which Hannah asked for in the channel."""
    hannah.say("@Compliance findings csv")
    [offered] = eventually(lambda: [each for each in hannah.private if each.attachment(OFFER)])
    return offered


def consent(local, message, *, accepted=True):
    return local.do(local.people.consent(HANNAH, message.id, accepted=accepted))


def test_what_is_accepted_is_saved_whole_and_shown(offered, hannah, local, eventually):
    assert consent(local, offered).status == 200

    [shown] = eventually(lambda: [each for each in hannah.private if each.attachment(SAVED)])
    [file] = local.tenant.files.values()
    assert file.person == HANNAH
    assert shown.attachment(SAVED)["name"] == file.name == offered.attachment(OFFER)["name"]
    assert ID in file.content.decode()
    assert len(file.content) == offered.attachment(OFFER)["content"]["sizeInBytes"]
    eventually(lambda: offered.id not in local.tenant.messages)


def test_what_is_declined_is_taken_away_and_nothing_is_saved(offered, local, eventually):
    consent(local, offered, accepted=False)

    eventually(lambda: offered.id not in local.tenant.messages)
    assert local.tenant.files == {}


@pytest.mark.parametrize(
    "fault",
    [Fault("PUT /onedrive", 507, times=0), Fault("GET /teams/.*/members/", 404, times=0)],
    ids=["OneDrive is full", "they have left the channel"],
)
def test_what_cannot_be_saved_says_so(offered, hannah, local, eventually, read, fault):
    local.faults.set([fault])

    consent(local, offered)

    said = eventually(lambda: " ".join(read(each.card) for each in hannah.private if each.card))
    assert "could not be saved" in said or "You are not in the channel" in said
    assert [file.content for file in local.tenant.files.values()] == [None]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/sharepoint.com",
        "https://a.sharepoint.com.evil.example/x",
        "http://a.sharepoint.com/x",
        "https://[",
    ],
)
def test_a_file_goes_nowhere_but_to_onedrive(offered, hannah, local, eventually, read, url):
    """What the person's own client names could be any address that the bot reaches."""
    content = offered.attachment(OFFER)["content"]
    upload = {"uploadUrl": url, "contentUrl": url, "name": "f.csv", "uniqueId": "1"}
    value = {"action": "accept", "context": content["acceptContext"], "uploadInfo": upload}
    where, who = local.people._seen(HANNAH, offered.channel)
    asked = {"type": "invoke", "name": "fileConsent/invoke", "id": "f:1", "value": value}

    local.do(local.people._tell(local.people._from(who, where, asked, "")))

    [said] = eventually(lambda: [each for each in hannah.private if each.card])
    assert "could not be saved" in read(said.card)


def test_a_list_on_a_card_offers_its_file_too(card, hannah, eventually):
    hannah.say("@Compliance findings")
    [listed] = eventually(lambda: hannah.private)

    hannah.press("As a CSV file", listed)

    eventually(lambda: [each for each in hannah.private if each.attachment(OFFER)])


class TestInTheChannel:
    """Private answers by targeted messages, where the installation wants them."""

    @pytest.fixture
    def in_channel(self):
        return True

    def test_the_asker_alone_sees_the_answer_where_they_asked(
        self, card, hannah, client, local, eventually, read
    ):
        hannah.say("@Compliance status")

        [answer] = eventually(lambda: [each for each in hannah.messages if each.only_for])
        assert "1 finding: 1 open." in read(answer.card)
        assert (answer.only_for, answer.channel) == (HANNAH, HOUSING)
        assert answer not in local.tenant.in_channel(HOUSING, reader=MAYA)
        assert hannah.private == []

    def test_a_tenant_without_them_gets_the_answer_in_the_chat(
        self, card, hannah, local, eventually, read
    ):
        local.tenant.has_targeted = False

        hannah.say("@Compliance status")

        [answer] = eventually(lambda: hannah.private)
        assert "1 finding: 1 open." in read(answer.card)
