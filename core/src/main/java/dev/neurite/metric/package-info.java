/// How good predictions are: [dev.neurite.metric.Metrics], [dev.neurite.metric.Confusion]. Depends on
/// `error` alone.
@NullMarked
package dev.neurite.metric;

import org.jspecify.annotations.NullMarked;
