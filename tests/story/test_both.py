"""One story, told once and played in each chat product, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.story.products import InSlack, InTeams

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

#: A step of a runbook and an evaluation take half a second here; the rest is for a busy machine.
_PATIENCE_MS = 90_000


@pytest.mark.parametrize("product", [InSlack(), InTeams()], ids=["slack", "teams"])
# How Slack reaches the bot is the other story's subject.
@pytest.mark.parametrize("demo", ["socket"], indirect=True)
def test_a_finding_is_decided_where_its_team_reads(product, demo, new_page):
    member = new_page(product.page(demo, product.member))
    approver = new_page(product.page(demo, product.approver))
    expect(product.card(approver).first).to_be_visible(timeout=_PATIENCE_MS)

    # Who may not decide is told why, and nobody else reads it.
    product.tries_to_decide(member)
    refusal = f"Only the approvers of team {product.team} can decide"
    expect(member.get_by_text(refusal).last).to_be_visible()
    expect(approver.get_by_text(refusal)).to_have_count(0)
    product.reads_on(member)

    # An exception wants a reason, and says so beside the field.
    form = product.opens(approver, "Ignore")
    form.get_by_label("Accepted risk").check()
    form.get_by_label("Why is this acceptable?").fill("too short")
    form.get_by_role("button", name="Record").click()
    expect(approver.get_by_text("Say why in at least 20 characters").last).to_be_visible()
    product.leaves(approver, form)

    # The remediation is confirmed, run, and over when AWS Config says so.
    form = product.opens(approver, "Remediate")
    expect(form).to_contain_text("What changes")
    form.get_by_role("button", name="Remediate", exact=True).click()
    done = approver.get_by_role("article").filter(has_text=f"{product.resource} (was")
    expect(done).to_contain_text("Resolved", timeout=_PATIENCE_MS)

    page = product.asks(approver, "status")
    expect(page.get_by_role("article").filter(has_text="By severity").last).to_be_visible()
