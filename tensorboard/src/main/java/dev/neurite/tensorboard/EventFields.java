package dev.neurite.tensorboard;

/// The numbers of fields and constants in TensorBoard's public descriptions of its messages: `event.proto`,
/// `summary.proto`, `tensor.proto`, and `plugin_data.proto` and `api.proto` of the plugin `hparams`.
final class EventFields {
    static final int EVENT_WALL_TIME = 1;
    static final int EVENT_STEP = 2;
    static final int EVENT_FILE_VERSION = 3;
    static final int EVENT_SUMMARY = 5;
    static final int EVENT_SESSION_LOG = 7;
    static final int EVENT_SOURCE = 10;
    static final int SOURCE_WRITER = 1;
    static final int SESSION_STATUS = 1;
    static final long SESSION_START = 1;

    static final int SUMMARY_VALUE = 1;
    static final int VALUE_TAG = 1;
    static final int VALUE_SIMPLE = 2;
    static final int VALUE_IMAGE = 4;
    static final int VALUE_TENSOR = 8;
    static final int VALUE_METADATA = 9;

    static final int METADATA_PLUGIN = 1;
    static final int METADATA_DATA_CLASS = 4;
    static final long DATA_CLASS_TENSOR = 2;
    static final int PLUGIN_NAME = 1;
    static final int PLUGIN_CONTENT = 2;

    static final int IMAGE_HEIGHT = 1;
    static final int IMAGE_WIDTH = 2;
    static final int IMAGE_COLORS = 3;
    static final int IMAGE_ENCODED = 4;

    static final int TENSOR_TYPE = 1;
    static final long TYPE_DOUBLE = 2;
    static final int TENSOR_SHAPE = 2;
    static final int SHAPE_DIMENSION = 2;
    static final int DIMENSION_SIZE = 1;
    static final int TENSOR_CONTENT = 4; // little-endian

    static final int HPARAMS_EXPERIMENT = 2;
    static final int HPARAMS_START = 3;
    static final int HPARAMS_END = 4;
    static final int EXPERIMENT_CREATED = 3;
    static final int EXPERIMENT_HPARAM = 4;
    static final int EXPERIMENT_METRIC = 5;
    static final int HPARAM_NAME = 1;
    static final int HPARAM_TYPE = 4;
    static final long HPARAM_TEXT = 1;
    static final long HPARAM_FLAG = 2;
    static final long HPARAM_NUMBER = 3;
    static final int METRIC_NAME = 1;
    static final int METRIC_TAG = 2;
    static final int START_HPARAM = 1;
    static final int START_GROUP = 4;
    static final int START_TIME = 5;
    static final int END_STATUS = 1;
    static final int END_TIME = 2;
    static final long STATUS_SUCCESS = 1;
    static final long STATUS_FAILURE = 2;
    static final int ENTRY_KEY = 1;
    static final int ENTRY_VALUE = 2;
    static final int ANY_NUMBER = 2; // of google.protobuf.Value
    static final int ANY_TEXT = 3;
    static final int ANY_FLAG = 4;

    private EventFields() {}
}
