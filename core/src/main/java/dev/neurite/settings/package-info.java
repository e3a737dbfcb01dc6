/// One table of all settings of a training, from which options, keys of configurations, parameters of Spark and
/// documentation are made: [dev.neurite.settings.TrainingTable]. [dev.neurite.settings.TrainingSettings] are
/// values of them as text.
@NullMarked
package dev.neurite.settings;

import org.jspecify.annotations.NullMarked;
