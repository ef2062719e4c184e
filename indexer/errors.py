"""Every error this project raises on purpose.

ContactPointError      500  exit 4
  Refused              422  exit 2  what was asked cannot be done as it stands; nothing changed
    QuestionRefused    422          the search has too little, or too much, to go on
    FeedRefused        422          the file cannot be loaded, or not beyond the row named
    BuildRefused       422          a publish check refuses the build; searches use the one before
    EngineRefused      422          the embedded Elasticsearch cannot be started here as things are
    WrongCode          422          of a person who sets up codes
    NotSignedIn        401
    NotAllowed         403          the role or the organisation may not do this
      BudgetSpent      429          as often this hour as the role may
    NotFound           404          the same words whatever the cause
      LinkEnded        404          an address of the pages that is over (webapp/tokens.py)
  Unavailable          503  exit 4  nothing wrong with what was asked; try again
    ClusterUnavailable 503          no answer, or an error, from Elasticsearch
    SecretMissing      503          a password or key that `engine start` makes is not there
    RegisterUnavailable 503         the shield register could not be asked, so nothing is shown
      JournalBroken    503          register or journal are not as they were written
    AuditUnavailable   503          the audit could not be written, so nothing is shown
    Busy               503          too many people are signing in; the answer says when to retry
    AnswerTooLate      503          more than half a second passed since the register was asked

Messages are written for the person who will read them: what was wrong, where, what to do next.
They never hold a name, a date of birth or what was typed.
"""


class ContactPointError(Exception):
    """The root; `status` is the HTTP status, `exit_code` the command line's."""

    status = 500
    exit_code = 4
    code = "error"


class Refused(ContactPointError):
    status = 422
    exit_code = 2
    code = "refused"


class QuestionRefused(Refused):
    code = "too_broad"


class FeedRefused(Refused):
    code = "feed_refused"


class BuildRefused(Refused):
    code = "build_refused"


class EngineRefused(Refused):
    code = "engine_refused"


class WrongCode(Refused):
    pass


class NotSignedIn(Refused):
    status = 401
    code = "not_signed_in"


class NotAllowed(Refused):
    status = 403
    code = "not_allowed"


class BudgetSpent(NotAllowed):
    status = 429
    code = "budget_spent"


class NotFound(Refused):
    status = 404
    code = "not_found"


class Unavailable(ContactPointError):
    status = 503
    code = "unavailable"


class ClusterUnavailable(Unavailable):
    pass


class SecretMissing(Unavailable):
    pass


class RegisterUnavailable(Unavailable):
    pass


class JournalBroken(RegisterUnavailable):
    pass


class AuditUnavailable(Unavailable):
    pass


class Busy(Unavailable):
    retry_after_seconds = 10


class AnswerTooLate(Unavailable):
    pass
