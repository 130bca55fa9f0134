import { bootstrapApplication } from '@angular/platform-browser';
import { AppComponent } from './app/app.component.ts';
import { buildAppConfig } from './app/app.config.ts';

bootstrapApplication(AppComponent, buildAppConfig()).catch((error: unknown) => console.error(error));
