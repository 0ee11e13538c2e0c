"""The forms of AWS's ids, the same wherever one is read. ASCII: other digits are no ids. Pure."""

import re

ACCOUNT = re.compile(r"\d{12}", re.ASCII)
#: Any partition's: eu-west-2, us-gov-west-1, us-isob-east-1, eusc-de-east-1 (FACTS §1b).
REGION = re.compile(r"(?=.{1,32}\Z)[a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\d{1,2}", re.ASCII)
#: AWS Config's own limit (FACTS §4); a bar would end our own key of a finding.
RULE = re.compile(r"[^|]{1,128}")
RESOURCE_TYPE = re.compile(r"[\w:]{1,256}", re.ASCII)
#: Any of AWS's: aws, aws-cn, aws-us-gov, aws-iso-b, aws-eusc.
PARTITION = re.compile(r"aws(?:-[a-z]{1,8}){0,3}", re.ASCII)
#: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
_TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}(?:\.fifo)?", re.ASCII)


#: A bucket's name, but not its address; buckets of before 2018 have capitals and underscores.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"(?!.*\.amazonaws\.)[a-zA-Z0-9][\w.-]+", re.ASCII)


def is_topic(arn: str) -> bool:
    """Say whether *arn* is the ARN of an SNS topic, in whichever partition."""
    match arn.split(":"):
        case ["arn", partition, "sns", region, account, name]:
            forms = ((PARTITION, partition), (REGION, region), (ACCOUNT, account))
            return all(form.fullmatch(part) for form, part in (*forms, (_TOPIC_NAME, name)))
    return False
