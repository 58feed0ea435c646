"""Why a message was not sent: a closed list, each with its sentence for the pages."""

from enum import StrEnum
from typing import Self


class WhyNot(StrEnum):
    """The reasons for which a play's message is held back; `says` is the reason as a sentence."""

    says: str

    def __new__(cls, value: str, says: str) -> Self:
        """Make a reason; none goes without its sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.says = says
        return member

    TOO_OLD = "too_old", "The signal was too old to act on."
    NO_ACCOUNT = "no_account", "Nobody knows which account this belongs to."
    LEFT = "left", "The person is no longer at the account."
    NO_LONGER_TRUE = "no_longer_true", "What the signal said was no longer true."
    NO_ARM = "no_arm", "No arm of the play fits this account."
    COOLDOWN = "cooldown", "The play chose for them a short while ago."
    HELD_OUT_ELSEWHERE = "held_out_elsewhere", "They also belong to an account that is held out."
    NO_ADDRESS = "no_address", "There is no e-mail address for the person."
    SUPPRESSED = "suppressed", "The address gets no more messages."
    WEEKLY_LIMIT = "weekly_limit", "The person already gets the most messages allowed in a week."
    NO_CHANNEL = "no_channel", "The channel is not set up."
    SAMPLE = "sample", "This is the sample workspace: nothing leaves it."
    STOPPED_BY_MEMBER = "stopped_by_member", "A member stopped it."
