/**
 * What does the body of a request say?
 *
 * <p>Takes bytes and texts as callers wrote them, gives values or everything that is wrong with them. Never knows what they are
 * about.
 */
@NullMarked
package nexus.api.json;

import org.jspecify.annotations.NullMarked;
