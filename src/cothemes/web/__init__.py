"""The served study: the HTTP API and the browser's pages, over the use cases and sittings of the terminal."""
