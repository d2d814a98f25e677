/** The message, and behind it the line that says by which rule of the owner's mapping it is meant. */
export { bodiesByMeaning as redecode } from '../../mapping/meaning.ts';
