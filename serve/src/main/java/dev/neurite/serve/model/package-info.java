/// The models that a server has: their versions, their queues, how they are loaded and replaced. Knows nothing of HTTP
/// but the problems that it tells.
@NullMarked
package dev.neurite.serve.model;

import org.jspecify.annotations.NullMarked;
