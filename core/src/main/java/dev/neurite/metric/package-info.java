/// Metrics of predictions: [dev.neurite.metric.Metrics], [dev.neurite.metric.Confusion]. Depends on
/// `error` only.
@NullMarked
package dev.neurite.metric;

import org.jspecify.annotations.NullMarked;
