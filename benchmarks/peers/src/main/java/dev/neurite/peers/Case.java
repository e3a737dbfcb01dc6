package dev.neurite.peers;

import java.util.Arrays;

/// A case of `neurite bench` that trains a network.
///
/// @param network mlp-tiny, mlp-s, mlp-m, mlp-l, lenet5, keras-cnn, vgg32, resnet20, or mlp:784-256-10
/// @param rows of the batch; one row is only predicted
/// @param optimizer adam, with rate 1e-6, or sgd, with rate 1e-5 and momentum 0.9
record Case(String network, int rows, String optimizer) {
    /// A case from its name, as mlp-s/b32.
    static Case of(String name, String optimizer) {
        int slash = name.lastIndexOf("/b");
        return new Case(name.substring(0, slash), Integer.parseInt(name.substring(slash + 2)), optimizer);
    }

    String name() {
        return network + "/b" + rows;
    }

    boolean adam() {
        return optimizer.equals("adam");
    }

    int classes() {
        return isMlp() ? widths()[widths().length - 1] : 10;
    }

    /// The shape of a row: features, or channels, height and width.
    int[] row() {
        if (isMlp()) return new int[] {widths()[0]};
        return switch (network) {
            case "lenet5", "keras-cnn" -> new int[] {1, 28, 28};
            default -> new int[] {3, 32, 32};
        };
    }

    int[] batch() {
        int[] batch = new int[row().length + 1];
        batch[0] = rows;
        System.arraycopy(row(), 0, batch, 1, row().length);
        return batch;
    }

    boolean isMlp() {
        return network.startsWith("mlp");
    }

    /// The widths of a multi-layer perceptron, from the inputs to the outputs.
    int[] widths() {
        return switch (network) {
            case "mlp-tiny" -> new int[] {4, 4, 4};
            case "mlp-s" -> new int[] {784, 128, 10};
            case "mlp-m" -> new int[] {784, 1024, 1024, 10};
            case "mlp-l" -> new int[] {784, 2048, 2048, 2048, 10};
            default ->
                Arrays.stream(network.substring("mlp:".length()).split("-"))
                        .mapToInt(Integer::parseInt)
                        .toArray();
        };
    }
}
