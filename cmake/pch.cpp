// Only a place for the precompiled headers to live in.
