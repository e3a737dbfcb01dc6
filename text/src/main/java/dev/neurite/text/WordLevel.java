package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// Each word is a token, or the unknown one.
record WordLevel(Vocabulary vocabulary, String unknown) implements TokenModel {
    @Override
    public int unknownId() {
        return vocabulary.id(unknown);
    }

    @Override
    public void tokenize(String word, TokenSink out) {
        int id = vocabulary.id(word);
        if (id >= 0) out.add(id, word, 0, word.length());
        else out.add(vocabulary.id(unknown), unknown, 0, word.length());
    }

    @Override
    public Json json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "WordLevel");
        members.put("vocab", vocabulary.json());
        members.put("unk_token", unknown);
        return Json.of(members);
    }
}
