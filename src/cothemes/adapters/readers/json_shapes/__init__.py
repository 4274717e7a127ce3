"""Shapes of transcripts in JSON, one module each; the first that fits reads the file."""

from __future__ import annotations

from cothemes.adapters.readers.json_shapes import (
    assemblyai,
    aws,
    azure,
    deepgram,
    google,
    hugging_face,
    rev,
    whisper,
    whisper_cpp,
    youtube,
)
from cothemes.adapters.readers.json_shapes.shape import Shape

SHAPES: tuple[Shape, ...] = (
    aws.SHAPE,
    deepgram.SHAPE,
    assemblyai.SHAPE,
    rev.SHAPE,
    azure.SHAPE,
    google.SHAPE,
    youtube.SHAPE,
    whisper_cpp.SHAPE,
    hugging_face.SHAPE,
    # The plainest shape, which others resemble, comes last.
    whisper.SHAPE,
)
