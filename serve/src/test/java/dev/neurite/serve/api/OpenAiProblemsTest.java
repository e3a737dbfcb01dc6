package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.serve.api.TextServer.Reply;
import dev.neurite.serve.model.TextModels;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Requests that are refused: each answer says where.
class OpenAiProblemsTest {
    private static final String WRITE = "{'model':'writer','prompt':'the',";
    private static final String EMBED = "{'model':'vectors','input':'a dog',";

    private static TextServer server;

    @BeforeAll
    static void start() {
        server = new TextServer(TextModels.shared().repository());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// @param body with ' for "
    /// @param param what is wrong; - for nothing in particular
    /// @param said a part of the message
    private record Wrong(String path, String body, int status, String param, String said) {}

    private static Wrong embeddings(String body, int status, String param, String said) {
        return new Wrong("/v1/embeddings", body, status, param, said);
    }

    private static Wrong completions(String body, int status, String param, String said) {
        return new Wrong("/v1/completions", body, status, param, said);
    }

    private static final List<Wrong> OPENAI = List.of(
            embeddings("", 400, "-", ""),
            embeddings("[]", 400, "-", "expects a JSON object"),
            embeddings("{'input':'a'}", 400, "model", "expects a value, got none"),
            embeddings("{'model':'vectors'}", 400, "input", "expects a value, got none"),
            embeddings("{'model':7,'input':'a'}", 400, "model", "expects a text, got 7"),
            embeddings("{'model':'other','input':'a'}", 404, "model", "there is no model 'other'"),
            embeddings("{'model':'../etc','input':'a'}", 404, "model", "there is no model"),
            embeddings("{'model':'writer','input':'a'}", 400, "model", "expects a model that makes vectors of texts"),
            embeddings("{'model':'vectors','input':[]}", 400, "input", "expects at least 1 text"),
            embeddings("{'model':'vectors','input':null}", 400, "input", "expects a value"),
            embeddings("{'model':'vectors','input':['a',null]}", 400, "input[1]", "expects a text"),
            embeddings("{'model':'vectors','input':[1,2]}", 400, "input[0]", "got ids of tokens"),
            embeddings("{'model':'vectors','input':['a',[1,2]]}", 400, "input[1]", "got ids of tokens"),
            embeddings("{'model':'vectors','input':{'a':1}}", 400, "input", "expects a text, got an object"),
            embeddings(
                    "{'model':'vectors','input':[" + "'',".repeat(2048) + "'']}",
                    413,
                    "input",
                    "expects at most 2048 texts, got 2049"),
            embeddings(
                    "{'model':'vectors','input':['" + "a".repeat(200_001) + "']}",
                    413,
                    "input[0]",
                    "expects at most 200000 characters"),
            embeddings("{'model':'vectors','input':'" + "a".repeat(5 << 20) + "'}", 413, "-", "bytes"),
            embeddings(EMBED + "'encoding_format':'int8'}", 400, "encoding_format", "expects one of float, base64"),
            embeddings(EMBED + "'dimensions':0}", 400, "dimensions", "expects a whole number from 1 to 6, got 0"),
            embeddings(EMBED + "'dimensions':7}", 400, "dimensions", "expects a whole number from 1 to 6, got 7"),
            embeddings(EMBED + "'dimensions':2.5}", 400, "dimensions", "got 2.5"),
            embeddings(EMBED + "'dimension':2}", 400, "dimension", "is unknown"),
            embeddings("{'model':'vectors','input':'a','input':'b'}", 400, "-", "input"),
            embeddings("[".repeat(100_000), 400, "-", ""),
            completions("{'model':'writer'}", 400, "prompt", "expects a value, got none"),
            completions("{'prompt':'the'}", 400, "model", "expects a value, got none"),
            completions("{'model':'other','prompt':'the'}", 404, "model", "there is no model 'other'"),
            completions("{'model':'vectors','prompt':'the'}", 400, "model", "expects a model of language"),
            completions("{'model':'numbers','prompt':'the'}", 400, "model", "expects a model of language"),
            completions("{'model':'writer','prompt':''}", 400, "prompt", "expects a text of at least one token"),
            completions("{'model':'writer','prompt':['the','zébra']}", 400, "prompt[1]", "got 'zéb"),
            completions("{'model':'writer','prompt':[5,6]}", 400, "prompt[0]", "got ids of tokens"),
            completions("{'model':'writer','prompt':[[5,6]]}", 400, "prompt[0]", "got ids of tokens"),
            completions(WRITE + "'max_tokens':0}", 400, "max_tokens", "expects a whole number from 1 to 8192"),
            completions(WRITE + "'max_tokens':1e9}", 400, "max_tokens", "expects a whole number from 1 to 8192"),
            completions(WRITE + "'temperature':-1}", 400, "temperature", "expects a number from 0"),
            completions(WRITE + "'temperature':'hot'}", 400, "temperature", "expects a number, got 'hot'"),
            completions(WRITE + "'temperature':1e999}", 400, "temperature", "expects a finite number"),
            completions(WRITE + "'top_p':1.1}", 400, "top_p", "expects a number from 0"),
            completions(WRITE + "'top_k':-1}", 400, "top_k", "expects a whole number"),
            completions(WRITE + "'n':0}", 400, "n", "expects a whole number from 1 to 128, got 0"),
            completions(
                    "{'model':'writer','prompt':['a','b','c'],'n':43}",
                    400,
                    "n",
                    "expects a whole number from 1 to 42"),
            completions(WRITE + "'n':1,'best_of':3}", 400, "best_of", "expects a whole number from 1 to 1"),
            completions(WRITE + "'seed':1.5}", 400, "seed", "expects a whole number, got 1.5"),
            completions(WRITE + "'seed':1e300}", 400, "seed", "expects a number from"),
            completions(WRITE + "'stop':''}", 400, "stop", "expects texts that are not empty"),
            completions(WRITE + "'stop':['a','b','c','d','e']}", 413, "stop", "expects at most 4 texts"),
            completions(WRITE + "'stop':7}", 400, "stop", "expects a text, got 7"),
            completions(WRITE + "'logprobs':2}", 400, "logprobs", "expects none"),
            completions(WRITE + "'logprobs':6}", 400, "logprobs", "expects a whole number from 0 to 5, got 6"),
            completions(WRITE + "'logprobs':true}", 400, "logprobs", "expects a number"),
            completions(WRITE + "'logprobs':0,'echo':true}", 400, "echo", "expects false beside logprobs"),
            completions(WRITE + "'suffix':'end'}", 400, "suffix", "expects none"),
            completions(WRITE + "'logit_bias':{'5':100}}", 400, "logit_bias", "expects none"),
            completions(WRITE + "'presence_penalty':2.5}", 400, "presence_penalty", "expects a number from -2"),
            completions(WRITE + "'frequency_penalty':-3}", 400, "frequency_penalty", "expects a number from -2"),
            completions(WRITE + "'repetition_penalty':0}", 400, "repetition_penalty", "expects a number from 0.01"),
            completions(WRITE + "'repeat_last_n':-1}", 400, "repeat_last_n", "expects a whole number from 0"),
            completions(WRITE + "'min_p':2}", 400, "min_p", "expects a number from 0"),
            completions(WRITE + "'stream':'yes'}", 400, "stream", "expects true or false"),
            completions(WRITE + "'stream_options':{}}", 400, "stream_options", "expects \"stream\": true"),
            completions(
                    WRITE + "'stream':true,'stream_options':{'usage':true}}",
                    400,
                    "stream_options.usage",
                    "is unknown"),
            completions(WRITE + "'stream':true,'prompts':1}", 400, "prompts", "is unknown"),
            completions("{'model':'writer','prompt':['the','zébra'],'stream':true}", 200, "-", ""),
            completions("{'model':'writer','prompt':'zébra','stream':true}", 400, "prompt", "got 'zéb"),
            new Wrong(
                    "/v1/rerank", "{'model':'vectors','query':'a','documents':['a']}", 400, "model", "answer a query"),
            new Wrong("/v1/rerank", "{'model':'scorer','query':'a','documents':[]}", 400, "documents", "at least 1"),
            new Wrong(
                    "/v1/rerank", "{'model':'scorer','query':'a','documents':['a'],'top_n':0}", 400, "top_n", "whole"),
            new Wrong("/v1/rerank", "{'model':'scorer','documents':['a']}", 400, "query", "expects a value"));

    @Test
    void openAisForm() {
        for (Wrong each : OPENAI) {
            Reply reply = server.post(each.path, each.body.replace('\'', '"'));
            String as =
                    each.path + " " + each.body.substring(0, Math.min(80, each.body.length())) + ": " + reply.body();
            assertThat(reply.status()).as(as).isEqualTo(each.status);
            if (each.status == 200) continue; // fails later
            assertThat(reply.text("error.message")).as(as).contains(each.said);
            assertThat(reply.text("error.type")).as(as).isEqualTo("invalid_request_error");
            if (each.param.equals("-"))
                assertThat(reply.at("error.code")).as(as).isNotNull();
            else assertThat(reply.text("error.param")).as(as).isEqualTo(each.param);
        }
        assertThat(server.post("/v1/embeddings", "{}").text("error.message")).startsWith("model: ");
        assertThat(server.get("/v1/embeddings").status()).isEqualTo(405);
    }

    private static final List<Wrong> INFERENCE = List.of(
            new Wrong("/embed", "{'inputs':[]}", 400, "Empty", "inputs: expects at least 1 text"),
            new Wrong("/embed", "{}", 400, "Validation", "inputs: expects a value"),
            new Wrong(
                    "/embed", "{'inputs':[[1,2]]}", 400, "Validation", "inputs[0]: expects a text, got ids of tokens"),
            new Wrong("/embed", "{'inputs':'a','prompt_name':'query'}", 400, "Validation", "prompt_name: expects none"),
            new Wrong("/embed", "{'inputs':'a','dimensions':9}", 400, "Validation", "dimensions: expects"),
            new Wrong("/embed", "{'inputs':'a','other':9}", 400, "Validation", "other: is unknown"),
            new Wrong(
                    "/embed",
                    "{'inputs':['a','" + "the ".repeat(9) + "'],'truncate':false}",
                    422,
                    "Validation",
                    "inputs[1]: expects at most 8 tokens"),
            new Wrong("/embed", "{'inputs':'a','truncation_direction':'up'}", 400, "Validation", "expects one of"),
            new Wrong("/embed?model=scorer", "{'inputs':'a'}", 400, "Validation", "?model: expects a model that makes"),
            new Wrong("/embed?model=none", "{'inputs':'a'}", 404, "Validation", "there is no model 'none'"),
            new Wrong("/rerank", "{'query':'a','texts':[]}", 400, "Empty", "texts: expects at least 1 text"),
            new Wrong("/rerank", "{'query':'a','texts':'a'}", 400, "Validation", "texts: expects a list of texts"),
            new Wrong("/rerank", "{'texts':['a']}", 400, "Validation", "query: expects a value"),
            new Wrong("/rerank?model=vectors", "{'query':'a','texts':['a']}", 400, "Validation", "answer a query"),
            new Wrong(
                    "/rerank",
                    "{'query':'wind','texts':['a','" + "sea ".repeat(30) + "'],'truncate':false}",
                    422,
                    "Validation",
                    "texts[1]: expects a pair of at most 24 tokens"),
            new Wrong(
                    "/rerank",
                    "{'query':'wind','texts':['" + "sea ".repeat(30) + "'],'truncation_direction':'left'}",
                    422,
                    "Validation",
                    "texts[0]: expects a pair of at most 24 tokens"));

    @Test
    void theFormOfTextEmbeddingsInference() {
        for (Wrong each : INFERENCE) {
            Reply reply = server.post(each.path, each.body.replace('\'', '"'));
            String as = each.path + " " + each.body + ": " + reply.body();
            assertThat(reply.status()).as(as).isEqualTo(each.status);
            assertThat(reply.text("error")).as(as).contains(each.said);
            assertThat(reply.text("error_type")).as(as).isEqualTo(each.param);
        }
    }

    /// What a stream has sent stays; a problem ends it.
    @Test
    void aStreamThatHasBegunEndsWithItsProblem() {
        String body = "{'model':'writer','prompt':['the','zébra'],'stream':true}".replace('\'', '"');
        Reply reply = server.post("/v1/completions", body);
        assertThat(reply.events().getFirst().text("choices.0.text")).isNotEmpty();
        assertThat(reply.events().getLast().text("error.message")).contains("got 'zéb");
        assertThat(reply.body()).doesNotContain("[DONE]");
    }
}
