/// Fashion-MNIST, in an artifact of its own because of its 30 MB. Depends on core and `dev.neurite.datasets`.
@NullMarked
package dev.neurite.datasets.fashionmnist;

import org.jspecify.annotations.NullMarked;
