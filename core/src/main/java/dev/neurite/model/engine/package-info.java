/// Runs networks. Not exported: only [dev.neurite.model.Network] and [dev.neurite.model.Model] use it.
/// [dev.neurite.model.engine.NetworkExecutor] runs passes, [dev.neurite.model.engine.NodePass] is a
/// pass as nodes see it, [dev.neurite.model.engine.Tape] computes gradients,
/// [dev.neurite.model.engine.ModelRunner] predicts rows.
@NullMarked
package dev.neurite.model.engine;

import org.jspecify.annotations.NullMarked;
