/// Networks from the literature, each a page: records of their settings, which draw a
/// [graph](dev.neurite.model.Graph) for images of a given shape. Parameters have torchvision's names
/// and shapes where it has the network. [dev.neurite.network.OutputHead] is the last layer that a loss
/// and a data set need. May use layers, data and all below them.
@NullMarked
package dev.neurite.network;

import org.jspecify.annotations.NullMarked;
