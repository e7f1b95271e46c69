import { actorOf, settlementRoutes } from '@lib/contracts';
import { type Call, Endpoint, TheCall } from '@lib/edge';
import { Controller } from '@nestjs/common';
import { LoadDocuments } from '../../use-cases/load-document';

/** Operators load dated versions of policy packs and agreements while traffic runs. */
@Controller()
export class DocumentsController {
  constructor(private readonly documents: LoadDocuments) {}

  @Endpoint(settlementRoutes.loadPolicyPack)
  loadPack(@TheCall() call: Call<typeof settlementRoutes.loadPolicyPack>) {
    return this.documents.load('pack', call.body, actorOf(call.caller));
  }

  @Endpoint(settlementRoutes.loadAgreement)
  loadAgreement(@TheCall() call: Call<typeof settlementRoutes.loadAgreement>) {
    return this.documents.load('agreement', call.body, actorOf(call.caller));
  }
}
