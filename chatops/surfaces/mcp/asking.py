"""Consent at this door: there is none. No parameter exists with which a model could give it."""

from chatops.consent import Question, Reply, Verdict


class NobodyToAsk:
    """Answers for the person who is not here."""

    async def ask(self, question: Question) -> Reply:
        """CANNOT_ASK, always."""
        return Reply(
            verdict=Verdict.CANNOT_ASK,
            reason=f"{question.action} is {question.risk.name}: a person must confirm it, an assistant cannot; "
            "nothing was sent.",
            next_step=f"A person can do it at a terminal, where they are asked: chatops run {question.action} "
            "with the same arguments as options.",
        )
