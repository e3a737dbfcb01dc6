/// A class for each interface of the server, with its routes.
@NullMarked
package dev.neurite.serve.api;

import org.jspecify.annotations.NullMarked;
