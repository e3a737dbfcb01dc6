/// Looks into the steps of a training: [dev.neurite.train.probing.Probing] shows them to probes, through
/// [dev.neurite.train.probing.LiveView]; [dev.neurite.train.probing.UpdateMeter] measures updates.
///
/// Not exported. `dev.neurite.train` calls it from its steps.
@NullMarked
package dev.neurite.train.probing;

import org.jspecify.annotations.NullMarked;
