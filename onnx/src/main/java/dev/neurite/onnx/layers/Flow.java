package dev.neurite.onnx.layers;

import dev.neurite.model.Graph.Port;
import dev.neurite.tensor.Shape;

/// A value of the graph: an output of a layer.
/// @param port the output
/// @param row its shape without the batch
/// @param form where its axes are
record Flow(Port port, Shape row, Form form) {
    /// Where the axes of a value are.
    enum Form {
        /// The batch first.
        ROWS,
        /// The time, then the batch, then features.
        TIME_FIRST,
        /// Of a recurrent operator: time, directions, batch, units.
        STEPS,
        /// Those with the directions after the batch: time, batch, directions, units.
        STEPS_OF_ROWS,
        /// Those with the batch first: batch, time, directions, units.
        ROWS_OF_STEPS,
        /// Of a recurrent operator: directions, batch, units.
        STATES,
        /// Those with the batch first.
        ROWS_OF_STATES
    }

    static Flow rows(Port port, Shape row) {
        return new Flow(port, row, Form.ROWS);
    }

    Flow in(Form other) {
        return new Flow(port, row, other);
    }
}
