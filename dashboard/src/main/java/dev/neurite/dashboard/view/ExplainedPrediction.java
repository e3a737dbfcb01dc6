package dev.neurite.dashboard.view;

import dev.neurite.predict.Prediction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The prediction for what a person has entered, and what would change it most. [TriedModel] makes it.
/// @param prediction the prediction
/// @param warnings what is unusual about what was entered, in words; see [dev.neurite.predict.Predictor#warnings]
/// @param seen images as the network sees them, by the names of the inputs
/// @param map how much each pixel counts, see [Saliency], the most important one white; empty for
/// other models than those of one image
/// @param influences the columns whose values change the answer most, the most important first; empty
/// without columns
/// @param words a text, with what the answer loses without each of its words; empty without a text
/// @param weighed how many words were left out one by one, the first ones of each text; those of others have the weight
/// 0
/// @param steps the tokens of a text, where the model says something of each; else empty
/// @param curve the forecast beside the past; empty for other models
public record ExplainedPrediction(
        Prediction prediction,
        List<String> warnings,
        Map<String, Picture> seen,
        Optional<Picture> map,
        List<Influence> influences,
        List<Word> words,
        int weighed,
        List<String> steps,
        Optional<ForecastCurve> curve) {
    public ExplainedPrediction {
        warnings = List.copyOf(warnings);
        influences = List.copyOf(influences);
        words = List.copyOf(words);
        steps = List.copyOf(steps);
    }
}
