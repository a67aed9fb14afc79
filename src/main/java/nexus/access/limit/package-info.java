/**
 * How many requests may a key make at once, and in a second?
 *
 * <p>Takes requests, gives a place, a wait or a refusal. Never knows whose they are.
 */
@NullMarked
package nexus.access.limit;

import org.jspecify.annotations.NullMarked;
