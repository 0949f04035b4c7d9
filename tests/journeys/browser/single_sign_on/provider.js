// A real provider for one journey: whoever names a name signs in, and nobody is asked whether they agree.
import Provider from "oidc-provider";

const [port, pages] = Deno.args;
const told = { kim: { ozg_role: ["andere", "ozg-leitung"], ozg_department: "Bürgerdienste" } };

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: "ozg-tracker",
    client_secret: "ein-geheimnis",
    redirect_uris: [`${pages}/anmelden/zentral/zurueck/`],
    backchannel_logout_uri: `${pages}/anmelden/zentral/abmelden/`,
  }],
  features: { backchannelLogout: { enabled: true } },
  pkce: { required: () => true },
  scopes: ["openid", "profile", "ozg"],
  claims: { openid: ["sub"], profile: ["preferred_username", "given_name"], ozg: ["ozg_role", "ozg_department"] },
  findAccount: (_context, name) => ({
    accountId: name,
    claims: () => ({ sub: name, preferred_username: name, given_name: name, ...told[name] }),
  }),
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile ozg");
    await grant.save();
    return grant;
  },
  cookies: { keys: ["nur für diesen Test"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
