import { type CanActivate, type ExecutionContext, Injectable } from "@nestjs/common";

/** Stands for authentication: it finds out the user's plan, after middleware has run. */
@Injectable()
export class PlanGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest();
    request.user = await Promise.resolve({ plan: request.headers["x-plan"] });
    return true;
  }
}
