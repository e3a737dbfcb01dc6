/// Time series: windows over their steps as rows of a data set, split by time, and the errors of forecasts beside
/// those of naive ones.
@NullMarked
package dev.neurite.data.series;

import org.jspecify.annotations.NullMarked;
