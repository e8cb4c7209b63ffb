import { Type } from 'typebox';
import { Nullable } from '../wire/index.ts';

const flag = (description: string) => Type.Boolean({ default: false, description });

/** The flags that add to a flow what its definition implies (core.md 2). Spread into a querystring schema. */
export const expansionQuery = {
  include_ordered_task_names: flag('Adds task_names: the tasks in the order of execution'),
  include_validation_errors: flag('Adds validation_errors; an empty list means valid'),
  include_dynamic_data: flag('Adds dynamic_data to each task of the definition: choices for its parameters'),
  include_output_schemas: flag('Adds output_schema to each task of the definition'),
  include_input_schema: flag('Adds input_schema to each input task of the definition'),
  include_default_reference_modes: flag('Adds default_reference_modes to each task of the definition'),
};

export interface ExpansionFlags {
  include_ordered_task_names?: boolean;
  include_validation_errors?: boolean;
  include_dynamic_data?: boolean;
  include_output_schemas?: boolean;
  include_input_schema?: boolean;
  include_default_reference_modes?: boolean;
}

const MAX_SEARCH_LENGTH = 200; // core.md G7

export const searchQuery = (description: string) => Type.Optional(Nullable(Type.String({ maxLength: MAX_SEARCH_LENGTH, description })));
