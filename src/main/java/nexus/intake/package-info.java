/**
 * The one door: match, store and enqueue in one transaction.
 *
 * <p>Takes events from either way in, gives back what became of them once it is committed. Never knows which way they came.
 */
@NullMarked
package nexus.intake;

import org.jspecify.annotations.NullMarked;
