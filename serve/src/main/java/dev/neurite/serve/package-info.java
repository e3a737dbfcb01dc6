/// A server of models. [dev.neurite.serve.NeuriteServer] is where to begin.
@NullMarked
package dev.neurite.serve;

import org.jspecify.annotations.NullMarked;
