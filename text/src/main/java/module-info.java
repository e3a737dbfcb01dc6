import org.jspecify.annotations.NullMarked;

/// Tokenizers: texts to token ids and back.
@NullMarked
module dev.neurite.text {
    requires transitive dev.neurite.core;
    requires static org.jspecify;

    exports dev.neurite.text;
    exports dev.neurite.text.data;

    provides dev.neurite.signature.TextCodec.Provider with
            dev.neurite.text.TokenizerCodecs;
}
