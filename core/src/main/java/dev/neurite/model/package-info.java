/// The contract between layers and what runs them: [dev.neurite.model.Node] and [dev.neurite.model.Layer],
/// [dev.neurite.model.Pass], the one container [dev.neurite.model.Graph], and [dev.neurite.model.Model],
/// which a person uses. Depends on `error`, `tensor` and `kernel`.
@NullMarked
package dev.neurite.model;

import org.jspecify.annotations.NullMarked;
