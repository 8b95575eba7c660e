"""A batch of a small town: all that is ready fits one file."""

from typing import Any

from payments.actions.batches import assemble_batches
from payments.models import PaymentBatch


def assemble_batch(**given: Any) -> PaymentBatch:
    """The one batch that is made; `given` as for `assemble_batches`."""
    (batch,) = assemble_batches(**given)
    return batch
