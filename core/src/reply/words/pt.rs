//! Portuguese, of Brazil and of Portugal.

use super::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
    stop: &[
        "anular", "anular subscricao", "basta", "cancela", "cancelamento", "cancelar", "cancelar assinatura",
        "cancelar inscricao", "cancelar subscricao", "cancele", "chega", "descadastrar", "descadastre",
        "descadastro", "desinscrever", "desinscricao", "encerrar", "excluir", "fim", "me descadastre", "me remova",
        "parar", "parar tudo", "pare", "parem", "remova", "remover", "revogar", "sair", "sair da lista", "terminar",
    ],
    start: &["assinar", "comecar", "comece", "iniciar", "inscrever", "reativar", "retomar", "subscrever"],
    help: &["ajuda", "ajude me", "informacao", "informacoes", "me ajuda", "me ajude"],
    perhaps: &[
        "apagar", "bloquear", "deixa me", "golpe", "me deixa", "me deixe", "nao ligue", "nao quero", "para",
        "sem ligacoes",
    ],
    courtesy: &[
        "favor", "faz favor", "gentileza", "muito obrigada", "muito obrigado", "obg", "obrigada", "obrigado", "pfv",
        "por favor", "por gentileza", "porfavor", "se faz favor", "senhor", "senhora",
    ],
    phrases: &[
        "arranjaram o meu numero", "assedio", "chega de ligacao", "chega de ligacoes", "chega de ligar",
        "chega de mensagens", "conseguiram meu numero", "conseguiu meu numero", "deixa me em paz",
        "deixe me em paz", "deixem me em paz", "denunciar voces", "descadastramento", "descadastrar", "descadastre",
        "descadastrem", "deu meu numero", "deu o meu numero", "e engano", "esqueca meu numero",
        "esquecam meu numero", "esquece meu numero", "foi engano", "irei processar", "ligou errado",
        "me deixa em paz", "me deixe em paz", "me deixem em paz", "me esquecam", "me esquece", "nao envie mais",
        "nao enviem mais", "nao estamos interessados", "nao estou interessada", "nao estou interessado",
        "nao ha interesse", "nao mande mais", "nao mandem mais", "nao me envie mais", "nao me enviem mais",
        "nao me interessa", "nao me liga", "nao me ligam mais", "nao me manda mais", "nao me mande mais",
        "nao me mandem mais", "nao me perturbe", "nao temos interesse", "nao tenho interesse", "nos deixem em paz",
        "numero errado", "para de encher", "para de ligar", "para de mandar", "para de me ligar",
        "para de me mandar", "pare de encher", "parem de encher", "passou meu numero", "passou o meu numero",
        "pessoa errada", "processar voces", "procon", "retiro meu consentimento", "retiro o meu consentimento",
        "revogo meu consentimento", "revogo o meu consentimento", "sair da lista", "sair dessa lista",
        "sem interesse", "telefone errado", "vai se foder", "vao se foder", "vou denunciar", "vou processar",
        "vou vos processar",
    ],
    pairs: &[
        (
            &["jamais", "nao", "nem", "nunca"],
            &[
                "autorizo", "chame", "chamem", "contactar", "contacte", "contactem", "contatar", "contate",
                "contatem", "desejo receber", "desejo ser contactado", "desejo ser contatado", "entre em contacto",
                "entre em contato", "entrem em contacto", "entrem em contato", "envie mensagem", "envie mensagens",
                "envie nada", "envie sms", "enviem mensagem", "enviem mensagens", "enviem nada", "enviem sms",
                "escreva", "escrevam", "incomodar", "incomode", "incomodem", "insista", "insistam", "ligar",
                "ligarem", "ligue", "liguem", "ligues", "mande mensagem", "mande mensagens", "mande nada",
                "mande sms", "mandem mensagem", "mandem mensagens", "mandem nada", "mandem sms", "perturbar",
                "perturbe", "perturbem", "quero contacto", "quero contato", "quero ligacao", "quero ligacoes",
                "quero mensagens", "quero propaganda", "quero que ligue", "quero que liguem", "quero receber",
                "quero ser contactada", "quero ser contactado", "quero ser contatada", "quero ser contatado",
                "quero ser incomodada", "quero ser incomodado", "telefone", "telefonem", "telefones", "volte ligar",
                "voltem ligar",
            ],
        ),
        (
            &["cessem", "deixe", "deixem", "parar", "pare", "parem"],
            &[
                "chamar", "contactar", "contatar", "enviar", "enviarem", "escrever", "importunar", "incomodar",
                "insistir", "ligacao", "ligacoes", "ligar", "ligarem", "mandar", "mandarem", "mensagens",
                "perturbar", "telefonar",
            ],
        ),
        (
            &[
                "apaga", "apagar", "apague", "apaguem", "deletar", "delete", "deletem", "eliminar", "elimine",
                "eliminem", "exclua", "excluam", "excluir", "remova", "removam", "remover", "retirar", "retire",
                "retirem", "tira", "tirar", "tire", "tirem",
            ],
            &[
                "base", "cadastro", "contacto", "contato", "dados", "lista", "listas", "nome", "numero", "sistema",
                "telefone",
            ],
        ),
        (
            &["cancela", "cancelar", "cancele", "cancelem"],
            &["assinatura", "envio", "inscricao", "recebimento", "subscricao"],
        ),
    ],
    fillers: &[
        "a", "aqui", "as", "da", "das", "de", "dessa", "desse", "desta", "deste", "do", "dos", "essa", "esse",
        "esta", "este", "favor", "mais", "me", "meu", "meus", "minha", "na", "nesse", "neste", "no", "nos",
        "novamente", "o", "os", "por", "seu", "seus", "sua", "suas", "tua", "vcs", "vez", "voces", "vossa",
        "vossas",
    ],
    harmless: &[],
    spared: &[
        "nao me descadastre", "nao me descadastrem", "nao me exclua", "nao me excluam", "nao me remova",
        "nao me removam", "nao me retire", "nao me retirem", "nao me tire", "nao me tirem", "nunca me remova",
        "nunca pare de", "nunca parem de",
    ],
    reactions: &[
        "adorou", "amou", "curtiu", "destacou", "enfatizou", "gostou", "gostou de", "nao curtiu", "nao gostou",
        "nao gostou de", "perguntou sobre", "questionou", "reagiu com uma figurinha a", "removeu um coracao de",
        "removeu um gostei de", "removeu um gosto de", "removeu uma curtida de", "riu com", "riu de",
    ],
    signed: &["a", "para", "reagiu a", "reagiu com a", "removeu de"],
    instructions: &[
        "digite sair", "envie parar", "envie sair", "envie stop", "responda com sair", "responda parar",
        "responda sair", "responda stop", "responde sair", "sair para cancelar",
    ],
    quoting: &[("em", "escreveu"), ("no dia", "escreveu")],
};
