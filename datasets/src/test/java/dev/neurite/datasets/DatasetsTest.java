package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetsTest {
    @Test
    void everyDataSetHasANameAndOneLine() {
        assertThat(Datasets.names()).startsWith("iris", "wine", "breast-cancer", "digits", "diabetes");
        assertThat(Datasets.all()).extracting(DatasetProvider::name).isEqualTo(Datasets.names());
        assertThat(Datasets.all())
                .extracting(DatasetProvider::description)
                .allMatch(line -> line.length() > 10 && line.length() <= 80 && !line.contains("\n"));
    }

    @Test
    void aDataSetIsFoundByItsName() {
        assertThat(Datasets.named("iris").train().size()).isEqualTo(120);
        assertThat(Datasets.provider("wine").featureNames()).hasSize(13);
        assertThat(Datasets.provider("wine").load().test().size()).isEqualTo(36);
    }

    @ParameterizedTest
    @CsvSource({
        "irsi, iris",
        "Iris, iris",
        "wines, wine",
        "digit, digits",
        "breast_cancer, breast-cancer",
        "Breast Cancer, breast-cancer",
        "cancer, breast-cancer",
        "diabtes, diabetes"
    })
    void aMistypedNameIsToldTheRightOne(String typed, String right) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Datasets.named(typed))
                .withMessageStartingWith("data set: expects one of iris, wine, breast-cancer, digits, diabetes")
                .withMessageContaining(", got '" + typed + "'")
                .withMessageEndingWith("Did you mean '" + right + "'?");
    }

    @Test
    void anUnknownNameIsToldTheKnownOnes() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Datasets.named("imagenet"))
                .withMessageStartingWith("data set: expects one of iris, wine, breast-cancer, digits, diabetes")
                .withMessageEndingWith("got 'imagenet'");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Datasets.named(""))
                .withMessageEndingWith("got ''");
    }

    @Test
    void aDataSetOfAnotherArtifactIsToldWithIt() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Datasets.named("fashion-mnist"))
                .withMessageEndingWith("It comes with the artifact dev.neurite:neurite-dataset-fashion-mnist");
    }
}
