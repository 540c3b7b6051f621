'use client';

import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';

/** Copies `text` and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useTranslations('admin.copy');
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Refused (no permission, or not a secure page): the text stands there to be selected.
      toast.error(t('failed'));
    }
  };
  return (
    <Button size="sm" onClick={copy}>
      {copied ? <Check /> : <Copy />}
      <span aria-live="polite">{copied ? t('done') : label}</span>
    </Button>
  );
}
