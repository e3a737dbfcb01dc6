/// Networks from the literature: records of settings that build a [graph](dev.neurite.model.Graph)
/// for images of a given shape. Parameters have torchvision's names and shapes where torchvision
/// has the network. [dev.neurite.network.OutputHead] is the last layer that a loss and a data set
/// need. May use `layer`, `data` and what these may use.
@NullMarked
package dev.neurite.network;

import org.jspecify.annotations.NullMarked;
