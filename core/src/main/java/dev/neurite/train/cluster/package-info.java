/// Trainings on a cluster, as who starts them sees them; the cluster's own software is in another module.
@org.jspecify.annotations.NullMarked
package dev.neurite.train.cluster;
