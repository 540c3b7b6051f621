'use client';

import { useId } from 'react';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Select } from '#components/ui/select.tsx';

export interface LevelOption {
  id: string;
  name: string;
  /** Quiet text behind the name. */
  detail?: string | undefined;
}

/**
 * Things that are chosen with a level each: a member's skills, a queue's members.
 * @param value level by id; absent: not chosen
 * @param start level that a newly chosen one gets
 */
export function LevelList({
  label,
  options,
  value,
  onChange,
  levels,
  start,
  empty,
}: {
  label: string;
  options: readonly LevelOption[];
  value: Readonly<Record<string, number>>;
  onChange: (value: Record<string, number>) => void;
  levels: readonly { value: number; label: string }[];
  start: number;
  empty: string;
}) {
  const id = useId();
  const choose = (option: string, level: number | null) => {
    const { [option]: _, ...others } = value;
    onChange(level === null ? others : { ...others, [option]: level });
  };
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-ink text-sm">{label}</legend>
      {options.length === 0 ? (
        <p className="rounded-md border border-dashed px-3 py-2.5 text-ink-3 text-sm">{empty}</p>
      ) : (
        <ul className="scroll-quiet max-h-60 overflow-y-auto rounded-md border">
          {options.map((option) => {
            const level = value[option.id];
            return (
              <li
                key={option.id}
                className="flex min-h-10 items-center gap-2.5 border-line border-b px-3 py-1 last:border-b-0 coarse:min-h-12"
              >
                <Checkbox
                  id={`${id}-${option.id}`}
                  checked={level !== undefined}
                  onCheckedChange={(on) => choose(option.id, on === true ? start : null)}
                />
                <label
                  htmlFor={`${id}-${option.id}`}
                  className="min-w-0 flex-1 truncate py-1 text-ink text-sm"
                >
                  {option.name}
                  {option.detail ? (
                    <span className="ml-1.5 text-ink-3 text-xs">{option.detail}</span>
                  ) : null}
                </label>
                {level === undefined ? null : (
                  <Select
                    className="w-32 shrink-0"
                    aria-label={`${option.name}: ${label}`}
                    value={String(level)}
                    onValueChange={(next) => choose(option.id, Number(next))}
                    options={levels.map((l) => ({ value: String(l.value), label: l.label }))}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
    </fieldset>
  );
}
