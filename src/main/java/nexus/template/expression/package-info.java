/**
 * What is the value of one expression of a template?
 *
 * <p>Takes the text of a CEL expression, gives it compiled, and takes the values of an event, gives the value of the
 * expression. CEL's own parser reads the text; the evaluation is this room's, so that numbers stay exact and every
 * operation is charged to a {@link nexus.template.expression.Budget}. Pure: no clock, no randomness.
 */
@NullMarked
package nexus.template.expression;

import org.jspecify.annotations.NullMarked;
