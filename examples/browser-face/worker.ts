import '@pctalk/web/worker';
