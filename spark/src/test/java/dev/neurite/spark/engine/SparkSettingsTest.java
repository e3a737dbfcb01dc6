package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkSettingsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "spark.network.crypto.enabled",
                "spark.ssl.rpc.enabled",
                "spark.io.encryption.enabled",
                "spark.authenticate.enableSaslEncryption",
                "spark.dynamicAllocation.enabled"
            })
    void aSettingThatATrainingCannotDoWithIsRefusedByName(String setting) {
        assertThatThrownBy(() -> SparkSettings.check(new SparkConf(false).set(setting, "true")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(setting + ": expects false, as ");
        assertThatCode(() -> SparkSettings.check(new SparkConf(false).set(setting, "false")))
                .doesNotThrowAnyException();
    }

    @Test
    void theFirstWaitIsThatOfSparkIfItIsSet() {
        var conf = new SparkConf(false);
        assertThat(SparkSettings.firstWait(conf)).hasSeconds(60);
        conf.set("spark.scheduler.maxRegisteredResourcesWaitingTime", "5min");
        assertThat(SparkSettings.firstWait(conf)).hasMinutes(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spark.ssl.enabled",
                "spark.ssl.ui.enabled",
                "spark.ssl.historyServer.enabled",
                "spark.ssl.standalone.enabled"
            })
    void encryptedWebPagesAreAccepted(String setting) {
        assertThatCode(() -> SparkSettings.check(new SparkConf(false).set(setting, "true")))
                .doesNotThrowAnyException();
    }

    @Test
    void authenticationAloneIsAccepted() {
        assertThatCode(() -> SparkSettings.check(
                        new SparkConf(false).set("spark.authenticate", "true").set("spark.ssl.trustStore", "enabled")))
                .doesNotThrowAnyException();
    }

    @Test
    void aStateThatDoesNotFitIntoAResultIsRefusedByTheNameOfTheLimit() {
        var conf = new SparkConf(false);
        assertThatCode(() -> SparkSettings.requireRoom(conf, 1L << 30)).doesNotThrowAnyException();
        assertThatThrownBy(() -> SparkSettings.requireRoom(conf, (1L << 30) + 1))
                .isInstanceOf(ResourceException.class)
                .hasMessage("spark.driver.maxResultSize: expects at least 1,024 MB, the state of the training, got"
                        + " 1,024 MB. Set it to 2g");
        conf.set("spark.driver.maxResultSize", "0"); // no limit
        assertThatCode(() -> SparkSettings.requireRoom(conf, 3L << 29)).doesNotThrowAnyException();
        assertThatThrownBy(() -> SparkSettings.requireRoom(conf, 1L << 31))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("at most 2 GB")
                .hasMessageContaining("2,048 MB");
    }
}
