/** Python's own containers inside pickles, as plain data. */
import { MEMORY_COST, type MemoryBudget } from './memory-budget.ts';
import { type PickleGlobal, PickleReference, type PickleValue } from './pickle.ts';

const ORDERED_DICT: PickleGlobal = {
  make: ([items], budget) => new Map(counted(items, budget) as readonly [PickleValue, PickleValue][]),
  setState: () => {}, // state_dict() hangs format versions (_metadata) on its dict
};

/** `argparse.Namespace`: its fields. */
const NAMESPACE: PickleGlobal = {
  make: () => new Map(),
  setState: (fields, state, budget) => {
    budget.spend((state as ReadonlyMap<PickleValue, PickleValue>).size * MEMORY_COST.entry);
    for (const [name, value] of state as ReadonlyMap<PickleValue, PickleValue>) {
      (fields as Map<PickleValue, PickleValue>).set(name, value);
    }
  },
};

/** How protocols 0 and 1 write an object of a class: only a Namespace is one here. */
const RECONSTRUCTOR: PickleGlobal = {
  make: ([type]) => {
    if (type instanceof PickleReference && type.name === 'argparse Namespace') return new Map();
    throw new TypeError('an object of a class that is not plain data');
  },
  ...(NAMESPACE.setState === undefined ? {} : { setState: NAMESPACE.setState }),
};

const SET: PickleGlobal = { make: ([items], budget) => new Set(counted(items, budget)) };
/** Items of a container to be made, which may be shared with others. */
function counted(items: PickleValue, budget: MemoryBudget): readonly PickleValue[] {
  const list = (items ?? []) as readonly PickleValue[];
  budget.spend(MEMORY_COST.dict + list.length * MEMORY_COST.entry);
  return list;
}

const OBJECT: PickleGlobal = {
  make: () => {
    throw new TypeError('a bare object');
  },
};

/** Globals for `readPickle`: OrderedDict and Namespace as Maps, sets as Sets. Python 2 names its modules otherwise. */
export const PLAIN_GLOBALS: Readonly<Record<string, PickleGlobal>> = {
  'collections OrderedDict': ORDERED_DICT,
  'argparse Namespace': NAMESPACE,
  'copy_reg _reconstructor': RECONSTRUCTOR,
  'copyreg _reconstructor': RECONSTRUCTOR,
  '__builtin__ object': OBJECT,
  'builtins object': OBJECT,
  '__builtin__ set': SET,
  'builtins set': SET,
  '__builtin__ frozenset': SET,
  'builtins frozenset': SET,
};
