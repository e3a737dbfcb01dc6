/// Fashion-MNIST, alone in an artifact for its 30 MB. Depends on core and `dev.neurite.datasets`.
@NullMarked
package dev.neurite.datasets.fashionmnist;

import org.jspecify.annotations.NullMarked;
