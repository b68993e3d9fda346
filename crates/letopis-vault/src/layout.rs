//! Every path of an archive, built and parsed here and nowhere else.
