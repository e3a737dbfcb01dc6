package dev.neurite.examples.spring;

import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

// region controller
@RestController
final class FruitController {
    private final Predictor fruit;

    FruitController(Predictor fruit) { // the bean of neurite.models.fruit
        this.fruit = fruit;
    }

    record Answer(String label, Map<String, Double> probabilities, List<String> warnings) {}

    @PostMapping("/fruit")
    Answer one(@RequestBody Map<String, Object> row) {
        return answer(fruit.predict(row), row);
    }

    @PostMapping("/fruit/all")
    List<Answer> all(@RequestBody List<Map<String, Object>> rows) {
        List<Prediction> said = fruit.predictAll(rows); // faster than one by one, and the same
        return IntStream.range(0, rows.size())
                .mapToObj(i -> answer(said.get(i), rows.get(i)))
                .toList();
    }

    private Answer answer(Prediction said, Map<String, Object> row) {
        return new Answer(said.label(), said.probabilities(), fruit.warnings(row));
    }
}
// endregion
