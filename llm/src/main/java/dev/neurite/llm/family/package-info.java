/// The families of language models that can be read: how their files describe them.
package dev.neurite.llm.family;
