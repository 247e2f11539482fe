#include "storefrontd/art_motifs.hpp"

namespace shop::storefront {
namespace {

// Things first, then what things are adorned with: "Heart T-Light Holder" is a light.
constexpr Motif kAll[] = {
    {"hot water bottle,hottie", true,
     "<path fill='@d' d='M176 70h48l-6 40h-36z'/><path fill='@m' d='M158 112q42-22 84 0 34 20 34 "
     "70v110q0 38-38 38h-76q-38 0-38-38V182q0-50 34-70z'/><path fill='none' stroke='@l' "
     "stroke-width='6' stroke-dasharray='10 9' d='M144 190q0-36 26-52m86 52q0-36-26-52'/>"},
    {"t light,tea light,tealight,candleholder,candle holder", true,
     "<path fill='none' stroke='@k' stroke-width='4' d='M128 186Q200-40 272 186'/>"
     "<path fill='@m' d='M120 180h160l-14 150H134z'/><path fill='@l' opacity='.7' d='M136 "
     "196h128l-6 62H142z'/><path fill='@p' d='M166 236h68v40h-68z'/><path fill='#f1b84a' "
     "d='M200 170q26 34 0 62-26-28 0-62z'/>"},
    {"candle", true,
     "<path fill='@m' d='M146 170h108v160H146z'/><path fill='@d' d='M146 296h108v34H146z'/>"
     "<path fill='@l' d='M146 170q54 40 108 0v14q-20 26-34 8-18 40-36 6-20 20-38-8z'/>"
     "<path stroke='@k' stroke-width='4' d='M200 184v-28'/><path fill='#f1b84a' d='M200 76q38 "
     "48 0 84-38-36 0-84z'/>"},
    {"lantern", true,
     "<circle cx='200' cy='82' r='24' fill='none' stroke='@k' stroke-width='7'/><path fill='@d' "
     "d='M200 92l78 58H122z'/><path fill='@m' d='M130 150h140v180H130z'/><path fill='@p' "
     "d='M148 168h104v138H148z'/><path fill='@a' d='M178 244h44v62h-44z'/><path fill='#f1b84a' "
     "d='M200 186q24 30 0 54-24-24 0-54z'/><path stroke='@m' stroke-width='7' d='M200 "
     "168v20m0 118'/>"},
    {"night light,lights,light,led,reindeer", false,
     "<path fill='none' stroke='@k' stroke-width='5' d='M20 110q90 90 180 40t180 20'/><g "
     "fill='@k'><path d='M80 148h22v20H80zM150 158h22v20h-22zM222 138h22v20h-22zM300 "
     "128h22v20h-22z'/></g><ellipse cx='91' cy='200' rx='24' ry='34' fill='@c'/><ellipse "
     "cx='161' cy='210' rx='24' ry='34' fill='#f1b84a'/><ellipse cx='233' cy='190' rx='24' "
     "ry='34' fill='@a'/><ellipse cx='311' cy='180' rx='24' ry='34' fill='@c'/>"},
    {"cakestand,cake stand", true,
     "<path fill='@d' d='M190 90h20v230h-20z'/><path fill='@d' d='M140 330q60-30 120 0z'/>"
     "<path fill='@m' d='M84 252h232q-14 34-62 34H146q-48 0-62-34zM122 168h156q-10 28-44 "
     "28h-68q-34 0-44-28z'/><path fill='@a' d='M110 252q4-36 34-36t34 36zM222 252q4-36 "
     "34-36t34 36zM164 168q4-40 36-40t36 40z'/><circle cx='200' cy='84' r='14' fill='@c'/>"},
    {"cake case,baking case,loaf baking,baking set,~baking,fairy cake,muffin", true,
     "<path fill='@m' d='M122 226h156l-24 104H146z'/><path stroke='@l' stroke-width='5' d='M152 "
     "230l10 98m24-98l4 98m28-98l-4 98m34-98l-10 98'/><path fill='@p' d='M110 "
     "228q-14-40 32-52 4-54 58-56 54 2 58 56 46 12 32 52z'/><path fill='@a' d='M150 176q50 "
     "30 108 0l6 14q-60 34-120 0z' opacity='.6'/><circle cx='200' cy='108' r='18' "
     "fill='#c94747'/>"},
    {"tin,money bank,container,dispenser,bread bin,scales", true,
     "<path fill='@m' d='M116 150h168v166q0 14-84 14t-84-14z'/><ellipse cx='200' cy='150' "
     "rx='84' ry='20' fill='@l'/><path fill='@d' d='M108 128h184v24q0 18-92 18t-92-18z'/>"
     "<ellipse cx='200' cy='128' rx='92' ry='20' fill='@c'/><circle cx='200' cy='112' r='15' "
     "fill='@d'/><rect x='152' y='214' width='96' height='60' rx='8' fill='@p'/>"},
    {"bunting,paper chain,~party", false,
     "<path fill='none' stroke='@k' stroke-width='5' d='M10 110q190 120 380 0'/><path fill='@m' "
     "d='M32 124l60 28-42 60zM156 168l72 2-34 72zM286 160l66-28-6 82z'/><path fill='@a' "
     "d='M96 152l58 16-40 64zM230 170l54-10-16 74z'/>"},
    {"lunch box,snack box,treasure", true,
     "<path fill='none' stroke='@k' stroke-width='12' d='M160 168v-34q0-16 16-16h48q16 0 16 "
     "16v34'/><rect x='84' y='160' width='232' height='170' rx='26' fill='@m'/><path fill='@d' "
     "d='M84 222h232v12H84z'/><rect x='178' y='212' width='44' height='34' rx='8' fill='@p'/>"},
    {"bag,shopper,toy tidy", true,
     "<path fill='none' stroke='@d' stroke-width='14' d='M146 150q0-72 54-72t54 72'/><path "
     "fill='@m' d='M96 146h208l20 184H76z'/><path fill='@d' opacity='.35' d='M96 146h208l2 "
     "20H94z'/><path fill='none' stroke='@l' stroke-width='12' d='M146 170v-20q0-90 54-90t54 "
     "90v20' opacity='.9'/>"},
    {"clock", true,
     "<path stroke='@d' stroke-width='16' d='M140 300l-24 32m144-32l24 32'/><circle cx='132' "
     "cy='108' r='34' fill='@d'/><circle cx='268' cy='108' r='34' fill='@d'/><circle cx='200' "
     "cy='206' r='116' fill='@c'/><circle cx='200' cy='206' r='92' fill='@p'/><g stroke='@k' "
     "stroke-width='7' stroke-linecap='round'><path d='M200 206v-60M200 206l40 26'/><path "
     "d='M200 126v10m0 150v-10m-80-70h10m150 0h-10' stroke-width='5'/></g>"},
    {"doormat,kneeling pad,hammock", true,
     "<path fill='@w' d='M58 214h284l34 116H24z'/><path fill='@m' d='M78 226h244l24 "
     "92H54z'/><path fill='@p' d='M200 258c12-24 48-8 0 44-48-52-12-68 0-44z'/>"},
    {"teapot,tea set", true,
     "<path fill='none' stroke='@d' stroke-width='18' d='M292 186c66-6 62 96-6 88'/><path "
     "fill='@d' d='M118 232c-40-10-34-66-72-66l14-22c48 0 50 36 74 44z'/><path fill='@m' "
     "d='M110 226c0-60 44-86 90-86s90 26 90 86-30 104-90 104-90-44-90-104z'/><path fill='@l' "
     "d='M136 158q64-44 128 0-64 22-128 0z'/><circle cx='200' cy='122' r='17' fill='@a'/>"},
    {"teacup,cup,tea towel,~kitchen", true,
     "<path fill='none' stroke='@d' stroke-width='15' d='M284 196c62-16 58 74-18 66'/><path "
     "fill='@m' d='M104 178h192c0 82-26 128-96 128s-96-46-96-128z'/><ellipse cx='200' cy='178' "
     "rx='96' ry='20' fill='@l'/><ellipse cx='200' cy='182' rx='78' ry='13' fill='@a'/><path "
     "fill='@d' d='M76 308h248q-16 26-66 26H142q-50 0-66-26z'/>"},
    {"mug", true,
     "<path fill='none' stroke='@d' stroke-width='20' d='M272 190c76-6 76 100 0 96'/><path "
     "fill='@m' d='M112 140h168v160q0 30-30 30H142q-30 0-30-30z'/><ellipse cx='196' cy='140' "
     "rx='84' ry='18' fill='@l'/>"},
    {"jug", true,
     "<path fill='none' stroke='@d' stroke-width='18' d='M262 150c90-16 82 128-2 122'/><path "
     "fill='@m' d='M120 94l36 18h116q-22 54 0 110 16 40 2 84-6 24-30 24H148q-24 0-30-24-14-44 "
     "4-84 22-54-16-112z'/><path fill='@l' d='M120 94l36 18h116l-8 24q-68 8-132-8z'/>"},
    {"watering can", true,
     "<path fill='none' stroke='@d' stroke-width='16' d='M150 186c-30-96 150-110 146 6'/><path "
     "fill='@d' d='M130 268L62 172l20-12 78 70z'/><path fill='@a' d='M36 158l60-34 10 22-60 "
     "34z'/><path fill='@m' d='M134 186h164l14 144H120z'/><ellipse cx='216' cy='186' rx='82' "
     "ry='16' fill='@l'/>"},
    {"umbrella,parasol", false,
     "<path fill='none' stroke='@w' stroke-width='11' stroke-linecap='round' d='M200 84v220q0 "
     "34 32 34t32-32'/><path fill='@m' d='M56 220q16-134 144-134t144 134q-24-24-48 0-24-24-48 "
     "0-24-24-48 0-24-24-48 0-24-24-48 0-24-24-48 0z'/><path fill='none' stroke='@d' "
     "stroke-width='4' d='M104 220q24-104 96-134 72 30 96 134M152 220q12-96 48-134 36 38 48 "
     "134'/><path fill='@d' d='M194 58h12v30h-12z'/>"},
    {"plate", false,
     "<circle cx='200' cy='204' r='136' fill='@m'/><circle cx='200' cy='204' r='92' fill='@l'/>"
     "<circle cx='200' cy='204' r='84' fill='@p'/>"},
    {"napkin,doily,doilies,tissue,lace", false,
     "<g transform='rotate(45 200 204)'><rect x='104' y='108' width='192' height='192' rx='10' "
     "fill='@m'/><rect x='120' y='124' width='160' height='160' rx='6' fill='none' stroke='@p' "
     "stroke-width='7' stroke-dasharray='2 12' stroke-linecap='round'/><path fill='@p' "
     "d='M200 162c12-34 54-14 0 42-54-56-12-76 0-42z' transform='rotate(-45 200 204)'/></g>"},
    {"bowl,mould,popcorn", true,
     "<path fill='@m' d='M76 190h248c0 86-52 132-88 136h-72c-36-4-88-50-88-136z'/><ellipse "
     "cx='200' cy='190' rx='124' ry='28' fill='@l'/><ellipse cx='200' cy='194' rx='102' "
     "ry='19' fill='@d' opacity='.5'/>"},
    {"apron", false,
     "<path fill='none' stroke='@d' stroke-width='10' d='M158 120q0-58 42-58t42 58M112 "
     "212q-48 8-60-22m236 22q48 8 60-22'/><path fill='@m' d='M154 112h92q0 74 46 96v116q-92 "
     "28-184 0V208q46-22 46-96z'/><path fill='@d' opacity='.45' d='M148 240h104v40q0 20-20 "
     "20h-64q-20 0-20-20z'/>"},
    {"glove,hand warmer,mitten", false,
     "<path fill='@m' d='M142 256V150q0-66 60-66t60 66q4-26 30-26 24 0 20 34-4 42-50 "
     "74v24z'/><path fill='@d' d='M134 256h136v58H134z'/><path stroke='@l' stroke-width='6' "
     "d='M156 262v46m23-46v46m23-46v46m23-46v46m23-46v46'/>"},
    {"sign", false,
     "<path fill='none' stroke='@k' stroke-width='5' d='M120 150l80-78 80 78'/><rect x='64' "
     "y='146' width='272' height='146' rx='14' fill='@c'/><rect x='78' y='160' width='244' "
     "height='118' rx='8' fill='@p'/><path stroke='@c' stroke-width='12' stroke-linecap='round' "
     "d='M118 198h164M146 238h108'/><circle cx='200' cy='72' r='8' fill='@k'/>"},
    {"chalkboard,blackboard,memo board,shopping list,board", false,
     "<rect x='92' y='76' width='216' height='246' rx='12' fill='@w'/><rect x='110' y='94' "
     "width='180' height='210' fill='#3d4a46'/><g fill='none' stroke='@p' stroke-width='6' "
     "stroke-linecap='round'><path d='M140 136h96M140 176h120M140 216h70'/><path d='M238 "
     "240c10-18 36-6 0 32-36-38-10-50 0-32z'/></g>"},
    {"frame,~home", true,
     "<rect x='104' y='72' width='192' height='256' rx='8' fill='@c'/><rect x='126' y='94' "
     "width='148' height='212' fill='@p'/><path fill='@a' opacity='.6' d='M126 306v-60l44-50 "
     "40 46 26-26 38 44v46z'/><circle cx='232' cy='144' r='20' fill='#f1b84a'/>"},
    {"gift tag,tag", false,
     "<path fill='none' stroke='@k' stroke-width='5' d='M200 126q-10-60 34-84'/><path fill='@m' "
     "d='M140 156l60-58 60 58v164H140z'/><circle cx='200' cy='142' r='14' fill='@p'/><path "
     "fill='@p' d='M200 214c14-30 60-10 0 56-60-66-14-86 0-56z'/>"},
    {"card,wallet,stationery", true,
     "<rect x='112' y='86' width='176' height='180' rx='6' fill='@p'/><path fill='@c' d='M200 "
     "136c14-30 60-10 0 54-60-64-14-84 0-54z'/><path fill='@d' d='M76 186h248v144H76z'/>"
     "<path fill='@m' d='M76 330V186l124 86 124-86v144z'/><path fill='none' stroke='@l' "
     "stroke-width='5' d='M76 330l92-80m156 80l-92-80'/>"},
    {"pencil,pen,crayon,chalk,ruler,paint set,colouring,stick", true,
     "<g transform='rotate(-10 160 200)'><path fill='@a' d='M130 130h32v150h-32z'/><path "
     "fill='@p' d='M130 130l16-42 16 42z'/></g><path fill='#e0b04c' d='M186 "
     "110h32v170h-32z'/><path fill='@p' d='M186 110l16-44 16 44z'/><g transform='rotate(12 250 "
     "200)'><path fill='@d' d='M236 130h32v150h-32z'/><path fill='@p' d='M236 130l16-42 16 "
     "42z'/></g><path fill='@m' d='M122 214h156l-8 116H130z'/>"},
    {"notebook,exercise book,book,writing set,recipe", true,
     "<path fill='@d' d='M122 84h168q10 0 10 10v236H132q-18 0-18-18V92z'/><path fill='@p' "
     "d='M132 306h160v18H132z'/><path fill='@m' d='M114 94q0-18 18-18h160v222H132q-18 0-18 "
     "16z'/><rect x='160' y='130' width='96' height='56' rx='6' fill='@p'/>"},
    {"ribbon,reel", true,
     "<path fill='@d' d='M112 120h176v22H112zM112 292h176v38H112z'/><path fill='@m' d='M128 "
     "142h144v150H128z'/><path stroke='@l' stroke-width='6' d='M128 172h144m-144 36h144m-144 "
     "36h144'/><path fill='@m' d='M240 250q60 10 66 90l20-26 28 16q-6-104-114-116z'/>"},
    {"wrap", true,
     "<g transform='rotate(28 200 200)'><rect x='150' y='60' width='100' height='270' "
     "fill='@m'/><ellipse cx='200' cy='60' rx='50' ry='17' fill='@p'/><ellipse cx='200' "
     "cy='60' rx='26' ry='8' fill='@d'/><ellipse cx='200' cy='330' rx='50' ry='17' "
     "fill='@d'/><path fill='@a' d='M146 180h108v26H146z'/></g>"},
    {"cracker", true,
     "<path fill='@d' d='M60 224l76 34v44l-76 34 18-56zM340 224l-76 34v44l76 34-18-56z'/><rect "
     "x='122' y='236' width='156' height='88' rx='16' fill='@m'/><path fill='@a' d='M122 "
     "258h18v44h-18zM260 258h18v44h-18z'/><path fill='#f1b84a' d='M200 250l10 20 22 3-16 16 4 "
     "22-20-11-20 11 4-22-16-16 22-3z'/>"},
    {"stocking,sock", false,
     "<path fill='@m' d='M150 120h98v120l70 34q30 22 6 50-16 14-40 8l-108-36q-26-10-26-40z'/>"
     "<rect x='138' y='80' width='122' height='54' rx='14' fill='@p'/><path fill='@d' d='M312 "
     "270q40 20 14 54-16 14-40 8 0-50 26-62z'/>"},
    {"tree,~christmas", true,
     "<path fill='@w' d='M184 290h32v40h-32z'/><path fill='#4f7f5f' d='M200 64l62 92h-30l52 "
     "72h-32l44 66H104l44-66h-32l52-72h-30z'/><g fill='@c'><circle cx='178' cy='190' "
     "r='11'/><circle cx='226' cy='226' r='11'/><circle cx='164' cy='264' r='11'/></g><g "
     "fill='#f1b84a'><circle cx='214' cy='150' r='10'/><circle cx='244' cy='272' r='10'/><path "
     "d='M200 36l8 18 20 2-15 13 5 20-18-11-18 11 5-20-15-13 20-2z'/></g>"},
    {"bauble,sleigh bell,~decoration", false,
     "<path stroke='@k' stroke-width='4' d='M200 20v80'/><path fill='#d8b15a' d='M178 "
     "94h44v34h-44z'/><circle cx='200' cy='222' r='102' fill='@m'/><path fill='@l' opacity='.8' "
     "d='M100 206q100 40 200 0v32q-100 40-200 0z'/>"},
    {"basket,wicker", true,
     "<path fill='none' stroke='@w' stroke-width='15' d='M104 214q0-128 96-128t96 128'/><path "
     "fill='@w' d='M74 208h252l-26 122H100z'/><path fill='none' stroke='@p' opacity='.55' "
     "stroke-width='7' stroke-dasharray='22 14' d='M86 240h228M94 272h214M100 302h204'/><path "
     "fill='@m' d='M92 208q40-44 84-6 60-54 132 6z'/>"},
    {"jar,jam", true,
     "<path fill='@p' d='M128 150h144q20 16 20 44v110q0 26-26 26H134q-26 0-26-26V194q0-28 "
     "20-44z'/><path fill='#b8434e' d='M120 200h160v100q0 20-20 20H140q-20 0-20-20z'/><path "
     "fill='@m' d='M112 150q-8-56 88-56t88 56q-44 22-88 6-44 16-88-6z'/><rect x='150' y='228' "
     "width='100' height='54' rx='6' fill='@p'/>"},
    {"gingerbread,cookie cutter", false,
     "<circle cx='200' cy='118' r='52' fill='#b9814f'/><path fill='#b9814f' stroke='#b9814f' "
     "stroke-width='60' stroke-linecap='round' stroke-linejoin='round' d='M200 180v60m-80-42h160"
     "M200 240l-44 74m44-74l44 74'/><g fill='@c'><circle cx='200' cy='198' r='9'/><circle "
     "cx='200' cy='232' r='9'/></g><g fill='@p'><circle cx='182' cy='112' r='7'/><circle "
     "cx='218' cy='112' r='7'/></g><path fill='none' stroke='@p' stroke-width='6' d='M182 "
     "134q18 14 36 0'/>"},
    {"spoon,cutlery", false,
     "<g transform='rotate(-14 200 200)'><ellipse cx='160' cy='120' rx='34' ry='52' "
     "fill='#b9bfc4'/><path fill='@m' d='M150 166h20l6 170h-32z'/></g><g transform='rotate(14 "
     "200 200)'><path fill='#b9bfc4' d='M212 70h12v60h8V70h12v60h8V70h12v70q0 30-26 "
     "30t-26-30z'/><path fill='@m' d='M228 166h20l6 170h-32z'/></g>"},
    {"cabinet,chest,drawer,knob", true,
     "<path fill='@w' d='M112 300h26v34h-26zM262 300h26v34h-26z'/><rect x='96' y='92' "
     "width='208' height='216' rx='8' fill='@c'/><path fill='@l' d='M114 112h172v80H114zM114 "
     "208h172v80H114z'/><circle cx='200' cy='152' r='14' fill='@a'/><circle cx='200' cy='248' "
     "r='14' fill='@a'/>"},
    {"hook,rack,hanger,shelf", false,
     "<rect x='54' y='110' width='292' height='62' rx='12' fill='@m'/><g fill='none' stroke='@k' "
     "stroke-width='11' stroke-linecap='round'><path d='M112 150v66q0 26 26 26t24-26M196 "
     "150v66q0 26 26 26t24-26M280 150v66q0 26 26 26t24-26'/></g><circle cx='112' cy='140' "
     "r='9' fill='@p'/><circle cx='196' cy='140' r='9' fill='@p'/><circle cx='280' cy='140' "
     "r='9' fill='@p'/>"},
    {"secateurs,sewing kit,sewing,knitting", false,
     "<path fill='#b9bfc4' d='M216 212L120 66q-18 30 4 64l70 96zM184 212l96-146q18 30-4 "
     "64l-70 96z'/><g fill='none' stroke='@c' stroke-width='22'><circle cx='148' cy='288' "
     "r='38'/><circle cx='252' cy='288' r='38'/></g><path stroke='@c' stroke-width='22' "
     "d='M204 216l-40 40m32-40l40 40'/><circle cx='200' cy='214' r='8' fill='@k'/>"},
    {"herb,plant,grow,garden pot,~garden,flytrap,ladder", true,
     "<path fill='none' stroke='#5d8a63' stroke-width='9' d='M200 240V110'/><path "
     "fill='#6f9c6b' d='M200 176c-70 6-92-36-90-76 56-6 92 24 90 76zM200 140c-4-54 30-82 "
     "84-82 4 50-26 84-84 82zM200 226c8-46 52-60 92-46-6 38-48 58-92 46z'/><path fill='@d' "
     "d='M114 220h172v32H114z'/><path fill='@m' d='M126 252h148l-20 78H146z'/>"},
    {"doll,princess,fairy,angel,babushka,friend,feltcraft", true,
     "<path fill='@m' d='M200 156q96 40 96 146 0 28-96 28t-96-28q0-106 96-146z'/><circle "
     "cx='200' cy='122' r='62' fill='@d'/><circle cx='200' cy='130' r='44' fill='#f4d3b6'/><g "
     "fill='@k'><circle cx='184' cy='128' r='5'/><circle cx='216' cy='128' r='5'/></g><path "
     "fill='none' stroke='#c94747' stroke-width='5' stroke-linecap='round' d='M188 148q12 10 24 "
     "0'/><path fill='@p' d='M200 214c12-26 50-8 0 46-50-54-12-72 0-46z'/>"},
    {"spinning top,skittle,croquet,rounders,catch cup,skipping rope", true,
     "<path fill='@w' d='M190 70h20v70h-20z'/><path fill='@m' d='M94 180q106-76 212 0-26 92-106 "
     "150-80-58-106-150z'/><path fill='@a' d='M94 180q106 44 212 0-4 18-14 38-92 34-184 0-10-20-"
     "14-38z'/><circle cx='200' cy='66' r='17' fill='@d'/>"},
    {"domino,dominoes,bingo,block,game,~toy,alphabet,snakes,word", true,
     "<rect x='70' y='206' width='124' height='124' rx='14' fill='@m'/><rect x='206' y='206' "
     "width='124' height='124' rx='14' fill='@a'/><rect x='138' y='76' width='124' height='124' "
     "rx='14' fill='@d'/><g fill='@p'><rect x='88' y='224' width='88' height='88' "
     "rx='8'/><circle cx='268' cy='268' r='40'/><path d='M200 106l34 66h-68z'/></g><path "
     "fill='@c' d='M132 250c10-22 44-6 0 42-44-48-10-64 0-42z'/>"},
    {"glider,plane,airline", false,
     "<path fill='@m' d='M40 214l320-116-92 218-64-62z'/><path fill='@d' d='M40 214l164 40 156-"
     "156-180 176v62z'/><path fill='none' stroke='@k' stroke-width='5' stroke-dasharray='4 14' "
     "stroke-linecap='round' d='M60 320q60 40 110-10'/>"},
    {"windmill", true,
     "<path fill='@w' d='M193 180h14v152h-14z'/><path fill='@m' d='M200 172q-90-10-72-98 60 "
     "10 72 98zM200 172q90 10 72 98-60-10-72-98z'/><path fill='@a' d='M200 172q10-90 98-72-10 "
     "60-98 72zM200 172q-10 90-98 72 10-60 98-72z'/><circle cx='200' cy='172' r='15' "
     "fill='@p'/>"},
    {"birdcage,playhouse,house", true,
     "<path fill='@d' d='M200 66l124 108H76z'/><path fill='@m' d='M104 174h192v156H104z'/>"
     "<path fill='@p' d='M132 206h52v48h-52zM216 206h52v48h-52z'/><path fill='@w' d='M176 "
     "330v-44q0-22 24-22t24 22v44z'/>"},
    {"fan", false,
     "<path fill='@m' d='M200 310L44 184q70-116 156-116t156 116z'/><g stroke='@d' "
     "stroke-width='6'><path d='M200 310L84 138M200 310L140 92M200 310V70M200 310l60-218M200 "
     "310l116-172'/></g><path fill='@w' d='M200 326l-60-48q26-34 60-34t60 34z'/>"},
    {"harmonica,box,case,kit,~storage,plaster", true,
     "<path fill='@d' d='M84 190h232v140H84z'/><path fill='@m' d='M98 206h204v124H98z'/><path "
     "fill='@c' d='M70 148h260v58H70z'/><path fill='@l' d='M70 148h260v12H70z'/><path fill='@p' "
     "d='M164 238h72v34h-72z'/>"},
    {"toadstool", true,
     "<path fill='@p' d='M160 200h80q-8 70 20 130H140q28-60 20-130z'/><path fill='@c' d='M64 "
     "212q8-130 136-130t136 130q-136 34-272 0z'/><g fill='@p'><circle cx='140' cy='160' "
     "r='20'/><circle cx='218' cy='126' r='23'/><circle cx='272' cy='180' r='16'/><circle "
     "cx='196' cy='194' r='14'/></g>"},
    {"strawberry,apple", true,
     "<path fill='none' stroke='@w' stroke-width='10' d='M200 128q0-40 22-62'/><path "
     "fill='#6f9c6b' d='M210 106q20-46 74-40-10 50-74 40z'/><path fill='@c' d='M200 130q50-34 "
     "94 6 34 44-4 126-40 76-90 56-50 20-90-56-38-82-4-126 44-40 94-6z'/><ellipse cx='148' "
     "cy='192' rx='15' ry='30' fill='@l' opacity='.7'/>"},
    {"owl,bird,birdy,lovebird,ornament", true,
     "<path fill='none' stroke='@k' stroke-width='7' d='M186 300v32m32-32v32'/><path fill='@d' "
     "d='M290 226l78-46-30 86z'/><path fill='@m' d='M98 164q4-74 74-74 50 2 62 54 72 28 72 96 "
     "0 66-88 66-112 0-120-142z'/><path fill='@a' d='M176 204q70-6 98 44-66 40-98-44z'/><path "
     "fill='#f1b84a' d='M100 148l-46 20 46 16z'/><circle cx='150' cy='142' r='10' fill='@k'/>"},
    {"butterfly", false,
     "<path fill='@m' d='M200 196C150 60 40 90 84 196q20 40 116 0zM200 196C250 60 360 90 316 "
     "196q-20 40-116 0z'/><path fill='@a' d='M200 206q-90 0-84 66 40 60 84-66zM200 206q90 0 84 "
     "66-40 60-84-66z'/><path fill='none' stroke='@k' stroke-width='10' stroke-linecap='round' "
     "d='M200 170v110'/>"},
    {"heart", false,
     "<path fill='none' stroke='@k' stroke-width='4' d='M200 20v124'/><path fill='@m' d='M200 "
     "336C60 236 74 172 90 146c32-48 90-38 110 8 20-46 78-56 110-8 16 26 30 90-110 190z'/>"
     "<ellipse cx='132' cy='176' rx='15' ry='26' fill='@l' opacity='.7' transform='rotate(24 "
     "132 176)'/>"},
    {"star", false,
     "<path stroke='@k' stroke-width='4' d='M200 20v70'/><path fill='@m' d='M200 74l40 84 92 "
     "12-68 64 18 92-82-46-82 46 18-92-68-64 92-12z'/>"},
    {"flower,rose,floral,poppy,sunflower,daisy", true,
     "<path fill='none' stroke='#5d8a63' stroke-width='11' d='M200 200v130'/><path "
     "fill='#6f9c6b' d='M200 290q14-54 76-52-10 54-76 52z'/><g fill='@c'><circle cx='200' "
     "cy='96' r='42'/><circle cx='252' cy='132' r='42'/><circle cx='234' cy='192' r='42'/>"
     "<circle cx='166' cy='192' r='42'/><circle cx='148' cy='132' r='42'/></g><circle cx='200' "
     "cy='148' r='36' fill='#f1b84a'/>"},
    {"cushion,pillow,~comfort", true,
     "<path fill='@m' d='M84 150q116-34 232 0 22 90 0 176-116 22-232 0-22-86 0-176z'/><path "
     "fill='none' stroke='@l' stroke-width='6' stroke-dasharray='12 10' d='M104 168q96-26 192 "
     "0 16 72 0 140-96 16-192 0-16-68 0-140z'/><circle cx='200' cy='238' r='13' fill='@d'/>"},
};

}  // namespace

const std::span<const Motif> kMotifs = kAll;

const Motif kGift = {
    "", true,
    "<path fill='@m' d='M98 190h204v140H98z'/><path fill='@d' d='M84 150h232v48H84z'/><path "
    "fill='@a' d='M178 150h44v180h-44z'/><path fill='none' stroke='@a' stroke-width='17' "
    "d='M200 148c-60-6-96-40-82-64s66-6 82 64c16-70 68-88 82-64s-22 58-82 64z'/>"};

}  // namespace shop::storefront
