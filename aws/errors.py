"""What an error of AWS means: does asking again help, and may the call have been done?"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
)
from botocore.parsers import ResponseParserError

from compliance.text import clean

#: What stands between the bot and AWS can answer with a whole page.
_MESSAGE_MAX = 500

#: AWS has not done the call, and does it later: it throttles, or credentials or a clock are off.
#: https://docs.aws.amazon.com/config/latest/APIReference/CommonErrors.html
_PASSING = frozenset(
    {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
     "RequestThrottledException", "TooManyRequestsException", "LimitExceededException",
     "RequestLimitExceeded", "SlowDown", "PriorRequestNotComplete",
     "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired",
     "RequestTimeTooSkewed", "RequestInTheFuture", "SignatureDoesNotMatch",
     "InvalidSignatureException", "IncompleteSignature"}
)  # fmt: skip
#: AWS did not get as far as an answer; it may have got as far as doing the call.
_DOUBTFUL = frozenset(
    {"ServiceUnavailable", "ServiceUnavailableException", "InternalFailure", "InternalError",
     "InternalServerError", "InternalServerException", "RequestTimeout", "RequestTimeoutException"}
)  # fmt: skip
_FORBIDDEN = frozenset(
    {"AccessDenied", "AccessDeniedException", "InsufficientPermissionsException", "NotAuthorized",
     "UnauthorizedOperation", "InvalidClientTokenId", "UnrecognizedClientException",
     "OptInRequired", "RegionDisabledException"}
)  # fmt: skip
_MISSING = frozenset(
    {"NoSuchRemediationConfigurationException", "NoSuchConfigRuleException",
     "ResourceNotDiscoveredException"}
)  # fmt: skip

#: These end a call before it has left the house.
_NOT_SENT = (
    EndpointConnectionError,
    ConnectTimeoutError,
    ProxyConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    NoRegionError,
)


class AwsBusyError(Exception):
    """AWS cannot be asked just now: it throttles, or it is out of reach. Asking later helps."""


class AwsDoubtError(AwsBusyError):
    """The answer did not come, or was none of AWS's: the call may have been done or not."""


class UnreadableError(AwsDoubtError):
    """AWS answered, and something in the answer has another form than AWS's model says."""


class AwsRefusedError(Exception):
    """AWS refused the call, and would refuse it again. The message is AWS's own."""


class AwsForbiddenError(AwsRefusedError):
    """A permission is missing; the message names it where AWS does."""


class RoleRefusedError(AwsForbiddenError):
    """The role in the account cannot be assumed as the bot asked for it."""


class NotConfiguredError(AwsRefusedError):
    """The rule, its remediation or the resource is not known in this account and Region."""


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn botocore's errors into ours."""
    try:
        yield
    except ClientError as error:
        raise _ours(error) from error
    except _NOT_SENT as error:
        raise AwsBusyError(str(error)) from error
    except ParamValidationError as error:
        raise AwsRefusedError(str(error)) from error
    except (BotoCoreError, ResponseParserError) as error:
        raise AwsDoubtError(str(error)) from error
    except RuntimeError as error:
        # botocore was given credentials that were over already: a clock is off.
        raise AwsBusyError(str(error)) from error
    except (ValueError, TypeError, AttributeError) as error:
        # botocore's parser takes for granted that times are times and lists are lists.
        raise UnreadableError(f"AWS's answer cannot be read: {error}") from error


def _ours(error: ClientError) -> Exception:
    details = error.response.get("Error", {})
    code = str(details.get("Code", ""))
    message = clean(str(details.get("Message") or error))[:_MESSAGE_MAX]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _PASSING:
        return AwsBusyError(message)
    # botocore takes the status for a code where the body is none of AWS's.
    if code in _DOUBTFUL or status >= 500 or code.isdecimal() or not code:
        return AwsDoubtError(message)
    if code in _FORBIDDEN:
        of_role = error.operation_name == "AssumeRole"
        return (RoleRefusedError if of_role else AwsForbiddenError)(message)
    if code in _MISSING:
        return NotConfiguredError(message)
    return AwsRefusedError(f"{code}: {message}")
