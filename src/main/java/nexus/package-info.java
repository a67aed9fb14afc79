/** The program itself: {@link nexus.Main} and what every room may say no with ({@link nexus.Refusal}). */
@NullMarked
package nexus;

import org.jspecify.annotations.NullMarked;
